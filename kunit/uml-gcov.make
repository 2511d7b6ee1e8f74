# SPDX-License-Identifier: GPL-2.0
# Variables for make, one a line, that go with uml-gcov.kunitconfig.
#
# CONFIG_GCOV would put counters into all of the kernel. These are the objects
# that scripts/coverage looks at; two CPUs count, so each update is atomic. A
# file name stands for all objects of that name, so each comes with its directory.
COUNTERS=-O1 --coverage -fprofile-update=atomic
CFLAGS_queue.o=$(if $(filter kernel/irq/sim,$(obj)),$(COUNTERS))
CFLAGS_line.o=$(if $(filter kernel/irq/sim,$(obj)),$(COUNTERS))
CFLAGS_chip.o=$(if $(filter kernel/irq/sim kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_domain.o=$(if $(filter kernel/irq/sim,$(obj)),$(COUNTERS))
CFLAGS_event.o=$(if $(filter kernel/irq/sim,$(obj)),$(COUNTERS))
CFLAGS_debug.o=$(if $(filter kernel/irq/sim,$(obj)),$(COUNTERS))
CFLAGS_compat.o=$(if $(filter kernel/irq/sim,$(obj)),$(COUNTERS))
CFLAGS_msi.o=$(if $(filter kernel/irq/sim kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_affinity.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_debugfs.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_devres.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_dummychip.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_generic-chip.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_handle.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_ipi-mux.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_irqdesc.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_irqdomain.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_manage.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_pm.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_proc.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_resend.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_spurious.o=$(if $(filter kernel/irq,$(obj)),$(COUNTERS))
CFLAGS_irq.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_access.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_irq-line.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_mmio.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_regfile.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_dut.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_dut-loops.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_i2c.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_spi.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_regmap.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_context.o=$(if $(filter lib/kunit,$(obj)),$(COUNTERS))
CFLAGS_softirq.o=$(if $(filter kernel,$(obj)),$(COUNTERS))
# UML's Makefile hands this to the compiler where that links vmlinux, which then
# has the gcov library; without CONFIG_LTO nothing that is compiled gets it. The
# counters are written when linux ends: gcc 11 and later have that done by
# .fini_array.00100, which UML's linker scripts leave out of .fini_array, so
# that the function has to be named.
CC_FLAGS_LTO=--coverage -Wl,-fini=__gcov_exit
