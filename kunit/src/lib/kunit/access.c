// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses of a driver under test to its device
 */

#include <linux/cleanup.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/string.h>
#include <linux/string_choices.h>

#include <kunit/access.h>
#include <kunit/resource.h>
#include <kunit/test.h>

/* Number of accesses printed when a test has failed */
#define KUNIT_ACCESSES_PRINTED	24

static void kunit_access_print(struct kunit_accesses *acc, const struct kunit_access *access,
			       const char *why)
{
	if (!access->len) {
		kunit_err(acc->test, "%s: %u: no register%s%s\n", acc->name, access->nr,
			  why ? ": " : "", why ?: "");
		return;
	}
	kunit_err(acc->test, "%s: %u: %u byte %s, register 0x%llx, value 0x%llx, by %pS%s%s\n",
		  acc->name, access->nr, access->len, str_write_read(access->write), access->addr,
		  access->val, (void *)access->ip, why ? ": " : "", why ?: "");
}

/* An access without a length is not to a register, not even to the one at 0 */
static bool kunit_access_is(const struct kunit_access *access, u64 addr, bool write)
{
	return access->len && access->addr == addr && access->write == write;
}

static void kunit_accesses_exit(void *data)
{
	struct kunit_accesses *acc = data;
	unsigned int i;

	/* No lock, as nobody accesses the device any more */
	for (i = 0; i < min(acc->num_errors, KUNIT_ACCESSES_ERRORS); i++)
		kunit_access_print(acc, &acc->errors[i], acc->reasons[i]);
	if (acc->num_errors)
		KUNIT_FAIL(acc->test, "%s: %u accesses went wrong\n", acc->name, acc->num_errors);

	if (acc->test->status == KUNIT_FAILURE) {
		kunit_err(acc->test, "%s: the last of %u accesses were:\n", acc->name, acc->count);
		kunit_accesses_print(acc, KUNIT_ACCESSES_PRINTED);
	}
}

/**
 * kunit_accesses_init() - Start to monitor the accesses to a device
 * @test:	test context
 * @acc:	the accesses to initialise; must stay valid until the end of the test
 * @name:	name of the device, for messages; must stay valid likewise
 *
 * Errors are reported at the end of the test, after everything which was created
 * after this call has been undone. If this fails, the test fails.
 *
 * Context: The thread of the test.
 */
void kunit_accesses_init(struct kunit *test, struct kunit_accesses *acc, const char *name)
{
	memset(acc, 0, sizeof(*acc));
	acc->test = test;
	acc->name = name;
	raw_spin_lock_init(&acc->lock);
	KUNIT_ASSERT_EQ(test, kunit_add_action(test, kunit_accesses_exit, acc), 0);
}
EXPORT_SYMBOL_GPL(kunit_accesses_init);

/**
 * kunit_access_begin() - The driver begins an access
 * @acc:	accesses to the device
 * @access:	the access, with @addr, @len, @write, @ip and for a write @val set
 *
 * Numbers the access, and delays it as requested by the test, without sleeping. If
 * the driver may sleep, the model can sleep outside of this function.
 *
 * Context: Any but NMI.
 *
 * Return: true if the access must fail: nothing is written, and a read returns what
 * the bus returns without a device (all ones, or an error). The caller must call
 * kunit_access_end() in any case.
 */
bool kunit_access_begin(struct kunit_accesses *acc, struct kunit_access *access)
{
	unsigned int delay_us;

	scoped_guard(raw_spinlock_irqsave, &acc->lock) {
		access->nr = ++acc->count;
		access->failed = acc->fail_first && access->nr >= acc->fail_first &&
				 access->nr <= acc->fail_last;
		acc->failures += access->failed;
		delay_us = acc->delay_us;
	}

	/* udelay() may be much too short on a busy virtual machine */
	if (delay_us) {
		ktime_t end = ktime_add_us(ktime_get(), delay_us);

		while (ktime_before(ktime_get(), end))
			cpu_relax();
	}

	return access->failed;
}
EXPORT_SYMBOL_GPL(kunit_access_begin);

/**
 * kunit_access_end() - The driver has done an access
 * @acc:	accesses to the device
 * @access:	the access, including @val
 *
 * Records the access, and calls the hook of the test if it is for this access.
 *
 * Context: Any but NMI, without locks of the model, as the hook may take them.
 */
void kunit_access_end(struct kunit_accesses *acc, const struct kunit_access *access)
{
	void (*hook)(void *data) = NULL;
	void *data = NULL;

	scoped_guard(raw_spinlock_irqsave, &acc->lock) {
		bool here;

		acc->trace[access->nr % KUNIT_ACCESSES_TRACED] = *access;

		if (acc->hook_by_addr)
			here = kunit_access_is(access, acc->hook_addr, acc->hook_write);
		else
			here = acc->hook_nr && access->nr == acc->hook_nr;
		if (here && acc->hook) {
			hook = acc->hook;
			data = acc->hook_data;
			acc->hook = NULL;
			acc->hooked++;
		}
	}

	if (hook)
		hook(data);
}
EXPORT_SYMBOL_GPL(kunit_access_end);

/**
 * kunit_access_error() - The driver does an invalid access
 * @acc:	accesses to the device
 * @access:	the access
 * @reason:	why it is invalid; must stay valid until the end of the test
 *
 * Makes the test fail at its end.
 *
 * Context: Any but NMI.
 */
void kunit_access_error(struct kunit_accesses *acc, const struct kunit_access *access,
			const char *reason)
{
	guard(raw_spinlock_irqsave)(&acc->lock);

	if (acc->num_errors < KUNIT_ACCESSES_ERRORS) {
		acc->errors[acc->num_errors] = *access;
		acc->reasons[acc->num_errors] = reason;
	}
	acc->num_errors++;
}
EXPORT_SYMBOL_GPL(kunit_access_error);

/**
 * kunit_accesses_count() - Get the number of accesses
 * @acc:	accesses to the device
 *
 * Return: Number of accesses since kunit_accesses_reset(), or kunit_accesses_init().
 */
unsigned int kunit_accesses_count(struct kunit_accesses *acc)
{
	guard(raw_spinlock_irqsave)(&acc->lock);
	return acc->count;
}
EXPORT_SYMBOL_GPL(kunit_accesses_count);

/**
 * kunit_accesses_reset() - Restart counting
 * @acc:	accesses to the device
 *
 * Clears the trace, and the settings for failures and the hook. Errors are kept.
 */
void kunit_accesses_reset(struct kunit_accesses *acc)
{
	guard(raw_spinlock_irqsave)(&acc->lock);

	acc->count = 0;
	acc->fail_first = 0;
	acc->fail_last = 0;
	acc->failures = 0;
	acc->hook = NULL;
	acc->hook_nr = 0;
	acc->hook_by_addr = false;
	acc->hooked = 0;
	memset(acc->trace, 0, sizeof(acc->trace));
}
EXPORT_SYMBOL_GPL(kunit_accesses_reset);

/**
 * kunit_accesses_get() - Get one access
 * @acc:	accesses to the device
 * @nr:		number of the access, from 1
 * @access:	set to the access
 *
 * Return: true, or false if there is no such access among the last
 * %KUNIT_ACCESSES_TRACED, or it has not ended.
 */
bool kunit_accesses_get(struct kunit_accesses *acc, unsigned int nr, struct kunit_access *access)
{
	guard(raw_spinlock_irqsave)(&acc->lock);

	*access = acc->trace[nr % KUNIT_ACCESSES_TRACED];
	return nr && access->nr == nr;
}
EXPORT_SYMBOL_GPL(kunit_accesses_get);

/**
 * kunit_accesses_to() - Count the accesses to a register
 * @acc:	accesses to the device
 * @addr:	address of the register in the device
 * @write:	count writes, otherwise reads
 *
 * Return: The number among the last %KUNIT_ACCESSES_TRACED accesses.
 */
unsigned int kunit_accesses_to(struct kunit_accesses *acc, u64 addr, bool write)
{
	unsigned int i, num = 0;

	guard(raw_spinlock_irqsave)(&acc->lock);

	for (i = 0; i < KUNIT_ACCESSES_TRACED; i++) {
		const struct kunit_access *access = &acc->trace[i];

		num += access->nr && kunit_access_is(access, addr, write);
	}
	return num;
}
EXPORT_SYMBOL_GPL(kunit_accesses_to);

/**
 * kunit_accesses_print() - Print the last accesses into the log of the test
 * @acc:	accesses to the device
 * @number:	number of accesses, up to %KUNIT_ACCESSES_TRACED
 *
 * Called automatically at the end of a failed test.
 *
 * Context: The thread of the test.
 */
void kunit_accesses_print(struct kunit_accesses *acc, unsigned int number)
{
	unsigned int nr, last = kunit_accesses_count(acc);
	struct kunit_access access;

	nr = last > number ? last - number + 1 : 1;
	for (; nr <= last; nr++) {
		if (kunit_accesses_get(acc, nr, &access))
			kunit_access_print(acc, &access, access.failed ? "made to fail" : NULL);
	}
}
EXPORT_SYMBOL_GPL(kunit_accesses_print);

/**
 * kunit_accesses_fail() - Make accesses fail
 * @acc:	accesses to the device
 * @first:	the first access to fail, 1 for the next one; 0 to stop failures
 * @number:	number of accesses which fail, UINT_MAX for all following ones
 *
 * A failing read returns all ones, and a failing write is lost, as if the device was
 * unplugged or had lost power. If the bus reports errors, the access returns one.
 */
void kunit_accesses_fail(struct kunit_accesses *acc, unsigned int first, unsigned int number)
{
	guard(raw_spinlock_irqsave)(&acc->lock);

	acc->failures = 0;
	acc->fail_first = first && number ? acc->count + first : 0;
	acc->fail_last = number > UINT_MAX - acc->fail_first ? UINT_MAX :
			 acc->fail_first + number - 1;
}
EXPORT_SYMBOL_GPL(kunit_accesses_fail);

/**
 * kunit_accesses_failed() - Get the number of accesses which were made to fail
 * @acc:	accesses to the device
 *
 * Return: The number since kunit_accesses_fail().
 */
unsigned int kunit_accesses_failed(struct kunit_accesses *acc)
{
	guard(raw_spinlock_irqsave)(&acc->lock);
	return acc->failures;
}
EXPORT_SYMBOL_GPL(kunit_accesses_failed);

/**
 * kunit_accesses_delay() - Make accesses slow
 * @acc:	accesses to the device
 * @us:		duration of each access from now on, in microseconds
 */
void kunit_accesses_delay(struct kunit_accesses *acc, unsigned int us)
{
	guard(raw_spinlock_irqsave)(&acc->lock);
	acc->delay_us = us;
}
EXPORT_SYMBOL_GPL(kunit_accesses_delay);

/**
 * kunit_accesses_hook() - Call a hook right after an access
 * @acc:	accesses to the device
 * @nr:		the access, 1 for the next one; 0 to remove the hook
 * @hook:	function to call
 * @data:	passed to @hook
 *
 * The hook runs before the driver uses the value. It is called once, in the context of
 * the driver, which may be interrupt context: it must neither sleep nor use
 * expectations. There is only one hook; setting a hook replaces the previous one.
 */
void kunit_accesses_hook(struct kunit_accesses *acc, unsigned int nr,
			 void (*hook)(void *data), void *data)
{
	guard(raw_spinlock_irqsave)(&acc->lock);

	acc->hook_by_addr = false;
	acc->hook_nr = nr ? acc->count + nr : 0;
	acc->hook_data = data;
	acc->hook = nr ? hook : NULL;
	acc->hooked = 0;
}
EXPORT_SYMBOL_GPL(kunit_accesses_hook);

static void kunit_accesses_hook_at(struct kunit_accesses *acc, u64 addr, bool write,
				   void (*hook)(void *data), void *data)
{
	guard(raw_spinlock_irqsave)(&acc->lock);

	acc->hook_by_addr = true;
	acc->hook_addr = addr;
	acc->hook_write = write;
	acc->hook_data = data;
	acc->hook = hook;
	acc->hooked = 0;
}

/**
 * kunit_accesses_hook_read() - Call a hook right after the next read of a register
 * @acc:	accesses to the device
 * @addr:	address of the register in the device
 * @hook:	function to call, see kunit_accesses_hook()
 * @data:	passed to @hook
 */
void kunit_accesses_hook_read(struct kunit_accesses *acc, u64 addr,
			      void (*hook)(void *data), void *data)
{
	kunit_accesses_hook_at(acc, addr, false, hook, data);
}
EXPORT_SYMBOL_GPL(kunit_accesses_hook_read);

/**
 * kunit_accesses_hook_write() - Call a hook right after the next write to a register
 * @acc:	accesses to the device
 * @addr:	address of the register in the device
 * @hook:	function to call, see kunit_accesses_hook()
 * @data:	passed to @hook
 */
void kunit_accesses_hook_write(struct kunit_accesses *acc, u64 addr,
			       void (*hook)(void *data), void *data)
{
	kunit_accesses_hook_at(acc, addr, true, hook, data);
}
EXPORT_SYMBOL_GPL(kunit_accesses_hook_write);

/**
 * kunit_accesses_hooked() - Check if the hook was called
 * @acc:	accesses to the device
 *
 * Return: The number of calls since the hook was set, 0 or 1.
 */
unsigned int kunit_accesses_hooked(struct kunit_accesses *acc)
{
	guard(raw_spinlock_irqsave)(&acc->lock);
	return acc->hooked;
}
EXPORT_SYMBOL_GPL(kunit_accesses_hooked);

/**
 * kunit_accesses_take_errors() - Get and clear the errors, so that the test can pass
 * @acc:	accesses to the device
 *
 * For tests which expect that a driver does invalid accesses, and for tests of the
 * helpers.
 *
 * Return: The number of invalid accesses since the last call.
 */
unsigned int kunit_accesses_take_errors(struct kunit_accesses *acc)
{
	unsigned int num;

	guard(raw_spinlock_irqsave)(&acc->lock);

	num = acc->num_errors;
	acc->num_errors = 0;
	return num;
}
EXPORT_SYMBOL_GPL(kunit_accesses_take_errors);
