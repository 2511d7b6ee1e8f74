# SPDX-License-Identifier: GPL-2.0
# Variables for make, one a line, that go with uml-gcov.kunitconfig.
#
# CONFIG_GCOV would put counters into all of the kernel. These are the objects
# that scripts/coverage looks at; two CPUs count, so each update is atomic. A
# file name stands for all objects of that name: "irq" is lib/kunit/irq.o. The
# names of the simulator's files are those of others, too, so they come with the
# directory.
CFLAGS_queue.o=$(if $(filter kernel/irq/sim,$(obj)),-O1 --coverage -fprofile-update=atomic)
CFLAGS_line.o=$(if $(filter kernel/irq/sim,$(obj)),-O1 --coverage -fprofile-update=atomic)
CFLAGS_chip.o=$(if $(filter kernel/irq/sim,$(obj)),-O1 --coverage -fprofile-update=atomic)
CFLAGS_domain.o=$(if $(filter kernel/irq/sim,$(obj)),-O1 --coverage -fprofile-update=atomic)
CFLAGS_event.o=$(if $(filter kernel/irq/sim,$(obj)),-O1 --coverage -fprofile-update=atomic)
CFLAGS_debug.o=$(if $(filter kernel/irq/sim,$(obj)),-O1 --coverage -fprofile-update=atomic)
CFLAGS_compat.o=$(if $(filter kernel/irq/sim,$(obj)),-O1 --coverage -fprofile-update=atomic)
CFLAGS_softirq.o=-O1 --coverage -fprofile-update=atomic
CFLAGS_irq.o=-O1 --coverage -fprofile-update=atomic
# UML's Makefile hands this to the compiler where that links vmlinux, which then
# has the gcov library; without CONFIG_LTO nothing that is compiled gets it. The
# counters are written when linux ends: gcc 11 and later have that done by
# .fini_array.00100, which UML's linker scripts leave out of .fini_array, so
# that the function has to be named.
CC_FLAGS_LTO=--coverage -Wl,-fini=__gcov_exit
