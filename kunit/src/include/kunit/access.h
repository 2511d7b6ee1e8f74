/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The accesses of a driver under test to its device
 */
#ifndef _KUNIT_ACCESS_H
#define _KUNIT_ACCESS_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct kunit;

/**
 * struct kunit_access - one access of a driver to its device
 * @addr:	address of the register, in the device
 * @val:	what was read or written, as much of it as fits in
 * @len:	bytes; 0 if no register was accessed, as in a transfer of a bus which has
 *		failed: there is no @addr, no @val and no @write then
 * @write:	a write, otherwise a read
 * @failed:	it was made to fail
 * @nr:		which access it is, counted from 1 since kunit_accesses_reset()
 * @ip:		address in the function which did it, for %pS; 0 if unknown. A
 *		function which ends with the access may appear as its caller.
 */
struct kunit_access {
	u64		addr;
	u64		val;
	unsigned int	len;
	bool		write;
	bool		failed;
	unsigned int	nr;
	unsigned long	ip;
};

/* What is traced is the last so many accesses, and errors are the first so many */
#define KUNIT_ACCESSES_TRACED	128
#define KUNIT_ACCESSES_ERRORS	8

/**
 * struct kunit_accesses - the accesses to a device, or through a bus
 *
 * Whoever models a device, or a bus, has one and tells it about each access with
 * kunit_access_begin() and kunit_access_end(). The test counts and reads them,
 * and chooses one which fails, is late, or has something happen right after it.
 *
 * The members are private.
 *
 * @test:	is told about errors
 * @name:	of the device
 * @lock:	protects all below
 * @count:	accesses so far
 * @fail_first:	the first one which fails, 0 for none
 * @fail_last:	the last one which fails
 * @failures:	those which failed
 * @hook_nr:	after which access to call @hook, 0 for none
 * @hook_addr:	after an access to which address, if @hook_by_addr
 * @hook_by_addr: call @hook after the next access to @hook_addr
 * @hook_write:	which is to be a write, or else a read
 * @hook:	to be called
 * @hook_data:	passed to @hook
 * @hooked:	how often @hook was called
 * @delay_us:	how long each access takes
 * @trace:	the last accesses
 * @errors:	accesses which were wrong
 * @reasons:	why
 * @num_errors:	number of @errors, those that did not fit in included
 */
struct kunit_accesses {
	struct kunit		*test;
	const char		*name;
	raw_spinlock_t		lock;
	unsigned int		count;
	unsigned int		fail_first;
	unsigned int		fail_last;
	unsigned int		failures;
	unsigned int		hook_nr;
	u64			hook_addr;
	bool			hook_by_addr;
	bool			hook_write;
	void			(*hook)(void *data);
	void			*hook_data;
	unsigned int		hooked;
	unsigned int		delay_us;
	struct kunit_access	trace[KUNIT_ACCESSES_TRACED];
	struct kunit_access	errors[KUNIT_ACCESSES_ERRORS];
	const char		*reasons[KUNIT_ACCESSES_ERRORS];
	unsigned int		num_errors;
};

/* For models of devices and buses */
void kunit_accesses_init(struct kunit *test, struct kunit_accesses *acc, const char *name);
bool kunit_access_begin(struct kunit_accesses *acc, struct kunit_access *access);
void kunit_access_end(struct kunit_accesses *acc, const struct kunit_access *access);
void kunit_access_error(struct kunit_accesses *acc, const struct kunit_access *access,
			const char *reason);

/* For tests */
unsigned int kunit_accesses_count(struct kunit_accesses *acc);
void kunit_accesses_reset(struct kunit_accesses *acc);
bool kunit_accesses_get(struct kunit_accesses *acc, unsigned int nr, struct kunit_access *access);
unsigned int kunit_accesses_to(struct kunit_accesses *acc, u64 addr, bool write);
void kunit_accesses_print(struct kunit_accesses *acc, unsigned int number);

void kunit_accesses_fail(struct kunit_accesses *acc, unsigned int first, unsigned int number);
unsigned int kunit_accesses_failed(struct kunit_accesses *acc);
void kunit_accesses_delay(struct kunit_accesses *acc, unsigned int us);

void kunit_accesses_hook(struct kunit_accesses *acc, unsigned int nr,
			 void (*hook)(void *data), void *data);
void kunit_accesses_hook_read(struct kunit_accesses *acc, u64 addr,
			      void (*hook)(void *data), void *data);
void kunit_accesses_hook_write(struct kunit_accesses *acc, u64 addr,
			       void (*hook)(void *data), void *data);
unsigned int kunit_accesses_hooked(struct kunit_accesses *acc);

unsigned int kunit_accesses_take_errors(struct kunit_accesses *acc);

#endif /* _KUNIT_ACCESS_H */
