#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A model of a device, and its driver in user space: a level interrupt over UIO."""
import glob, os, threading, time

CHIP = "/sys/kernel/config/irq-sim/example"
LINE = CHIP + "/line0"

def put(path, text):
    with open(path, "w") as file:
        file.write(text)

def driver():
    while len(jobs) < 100:
        os.read(uio, 4)                # waits; the line is masked now
        put(LINE + "/wire", "0")       # acknowledges: what comes from now on raises it again
        while fifo:
            jobs.append(fifo.pop(0))
        os.write(uio, b"\1\0\0\0")     # unmasks the line

os.makedirs(LINE + "/device")
put(LINE + "/type", "high")
put(LINE + "/device/driver", "uio_pdrv_genirq")
put(CHIP + "/live", "1")
name = glob.glob("/sys/bus/platform/devices/irq-sim.example.0/uio/uio*")[0]
uio, fifo, jobs = os.open("/dev/" + os.path.basename(name), os.O_RDWR), [], []
thread = threading.Thread(target=driver, daemon=True)
thread.start()
for job in range(100):                 # the device: a job is there, then the interrupt
    fifo.append(job)
    put(LINE + "/wire", "1")
    time.sleep(0.005)
thread.join(timeout=60)
print(len(jobs), "jobs,", open(name + "/event").read().strip(), "interrupts")
print("in order" if jobs == list(range(100)) else "something is lost")
for directory in (LINE + "/device", LINE, CHIP):
    os.rmdir(directory)
