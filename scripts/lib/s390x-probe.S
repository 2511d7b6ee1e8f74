# SPDX-License-Identifier: GPL-2.0
#
# Does an emulated s390x CPU run what is in memory, or what was there before? Writes a
# function, calls it, writes another over it with MVC, calls that, and prints what each
# has returned: "s390x-probe ran 12", or 11 where the second call has run old code.
# For any CPU since z900. Runs without an operating system; scripts/lib/gitlib.sh judges by it.
	.text
	.globl	_start
_start:
	larl	%r1, there
	larl	%r3, code
	larl	%r5, digits
	la	%r4, 8(%r1)		# not where the copy starts: that is always seen
	mvi	11(%r3), '1'
	mvc	0(16,%r1), 0(%r3)
	basr	%r14, %r4
	stc	%r2, 0(%r5)
	mvi	11(%r3), '2'
	mvc	0(16,%r1), 0(%r3)
	basr	%r14, %r4
	stc	%r2, 1(%r5)

	larl	%r6, command
	l	%r6, 0(%r6)
	larl	%r7, sccb
	.insn	rre, 0xb2200000, %r6, %r7	# servc: print
	lghi	%r8, 0			# this CPU
	sigp	%r9, %r8, 5		# stops: the machine is off
	j	.

	.data
	.balign	8
command:
	.long	0x00760005		# write event data
	.balign	8
sccb:
	.short	end - sccb, 0, 0, 0
	.short	end - event		# the event: length, type (VT220), flags
event = . - 2
	.byte	0x1a, 0
	.short	0
	.ascii	"s390x-probe ran "	# even, as larl wants it
digits:	.ascii	"??\n"
end:
	.balign	8
code:	nopr
	nopr
	nopr
	nopr
	lghi	%r2, 0
	br	%r14
	nopr
	.balign	4096
there:	.skip	4096
