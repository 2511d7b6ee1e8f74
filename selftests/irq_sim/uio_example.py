#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A model of a device, and its driver in user space: a level interrupt over UIO."""
import glob, os, threading, time

CHIP = "/sys/kernel/config/irq-sim/example"
LINE = CHIP + "/line0"

def put(path, text):
    with open(path, "w") as file:
        file.write(text)

class Device:
    """Jobs which are done wait in a FIFO; its interrupt is high while there are any."""
    def __init__(self):
        self.fifo, self.lock = [], threading.Lock()
    def finish(self, job):
        with self.lock:
            self.fifo.append(job)
            put(LINE + "/wire", "1")
    def take(self):
        with self.lock:
            job = self.fifo.pop(0)
            put(LINE + "/wire", "1" if self.fifo else "0")
            return job

def driver(uio, device, jobs):
    while len(jobs) < 100:
        os.read(uio, 4)                  # waits; the line is masked now
        while device.fifo:
            jobs.append(device.take())   # the last one lowers the wire
        os.write(uio, b"\1\0\0\0")         # unmasks the line

os.makedirs(LINE + "/device")
put(LINE + "/type", "high")
put(LINE + "/device/driver", "uio_pdrv_genirq")
put(CHIP + "/live", "1")
name = glob.glob("/sys/bus/platform/devices/irq-sim.example.0/uio/uio*")[0]
uio, device, jobs = os.open("/dev/" + os.path.basename(name), os.O_RDWR), Device(), []
thread = threading.Thread(target=driver, args=(uio, device, jobs), daemon=True)
thread.start()
for job in range(100):
    device.finish(job)
    time.sleep(0.005)
thread.join(timeout=60)
print(len(jobs), "jobs,", open(name + "/event").read().strip(), "interrupts")
print("in order" if jobs == list(range(100)) else "something is lost")
for directory in (LINE + "/device", LINE, CHIP):
    os.rmdir(directory)
