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
 * @addr:	address of the register in the device
 * @val:	value read or written, truncated if it does not fit
 * @len:	number of bytes; 0 if no register was accessed, e.g. because the bus
 *		transfer failed: then @addr, @val and @write are not valid
 * @write:	a write, otherwise a read
 * @failed:	the access was made to fail
 * @nr:		number of the access, counted from 1 since kunit_accesses_reset()
 * @ip:		address in the accessing function, for %pS; 0 if unknown. If the
 *		access is the last call of a function, its caller may be shown.
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

/* The trace has the last accesses, and the errors are the first ones */
#define KUNIT_ACCESSES_TRACED	128
#define KUNIT_ACCESSES_ERRORS	8

/**
 * struct kunit_accesses - the accesses to a device, or through a bus
 *
 * The model of a device or a bus has one, and reports each access to it with
 * kunit_access_begin() and kunit_access_end(). The test can count and inspect the
 * accesses, make them fail, delay them, or run a hook after one.
 *
 * The members are private.
 *
 * @test:	the test, which fails on errors
 * @name:	name of the device
 * @lock:	protects all members below
 * @count:	number of accesses
 * @fail_first:	the first access which fails, 0 for none
 * @fail_last:	the last access which fails
 * @failures:	number of accesses which were made to fail
 * @hook_nr:	call @hook after this access, 0 for none
 * @hook_addr:	call @hook after an access to this address, if @hook_by_addr
 * @hook_by_addr: call @hook after the next access to @hook_addr
 * @hook_write:	@hook_addr must be written, otherwise read
 * @hook:	callback
 * @hook_data:	passed to @hook
 * @hooked:	how often @hook was called
 * @delay_us:	how long each access takes
 * @trace:	the last accesses
 * @errors:	invalid accesses
 * @reasons:	why each of @errors is invalid
 * @num_errors:	number of errors, including those which did not fit in @errors
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
