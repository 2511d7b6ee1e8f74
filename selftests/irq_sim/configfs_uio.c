// SPDX-License-Identifier: GPL-2.0
/*
 * User space drivers, over UIO, with simulated interrupts: compare the interrupts
 * they read with the events fired, remove everything while it is in use, and let
 * allocations fail.
 */
#include "configfs.h"

FIXTURE(uio) {
	struct watch watch;
	struct fail fail;
	char event[160];
	int fd;
	uint32_t seen;
};

FIXTURE_VARIANT(uio) {
	const char *delivery;
	const char *kind;
};

FIXTURE_VARIANT_ADD(uio, hardirq) { .delivery = "hardirq", .kind = "ack" };
FIXTURE_VARIANT_ADD(uio, tasklet) { .delivery = "tasklet", .kind = "ack" };
FIXTURE_VARIANT_ADD(uio, bh_work) { .delivery = "bh_work", .kind = "ack" };
FIXTURE_VARIANT_ADD(uio, eoi) { .delivery = "tasklet", .kind = "eoi" };

/* Make the chip, with a line that has a UIO device. Returns 0 or -errno. */
static int make_uio(const char *delivery, const char *kind, const char *type)
{
	return make(CHIP) ?: make(LINE) ?: make(DEVICE) ?:
	       put(CHIP "/num_lines", "4") ?: put(CHIP "/delivery", "%s", delivery) ?:
	       put(CHIP "/kind", "%s", kind) ?: put(LINE "/type", "%s", type) ?:
	       put(LINE "/label", "kselftest-uio") ?: put(DEVICE "/driver", "uio_pdrv_genirq");
}

/* The number of the UIO device, or -1. */
static int find_uio(void)
{
	char path[256], name[128];
	struct dirent *d;
	int n = -1;
	DIR *dir;

	if (get(DEVICE "/dev_name", name, sizeof(name)))
		return -1;
	name[strcspn(name, "\n")] = 0;
	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/uio", name);
	dir = opendir(path);
	while (dir && n < 0 && (d = readdir(dir)))
		sscanf(d->d_name, "uio%d", &n);
	if (dir)
		closedir(dir);
	return n;
}

static const char *missing_uio(void)
{
	const char *reason = missing();

	if (reason || have_driver("uio_pdrv_genirq"))
		return reason;
	return load_forbidden(load_module("uio_pdrv_genirq", "")) ?:
	       "no uio_pdrv_genirq: CONFIG_UIO_PDRV_GENIRQ";
}

/* Go live, and open the device. */
static void go(struct __test_metadata *_metadata, struct _test_data_uio *self)
{
	char path[64];
	int n;

	ASSERT_EQ(0, put(CHIP "/live", "1"));
	n = find_uio();
	ASSERT_GE(n, 0);
	snprintf(self->event, sizeof(self->event), "/sys/class/uio/uio%d/event", n);
	snprintf(path, sizeof(path), "/dev/uio%d", n);
	self->fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_GE(self->fd, 0);
}

FIXTURE_SETUP(uio)
{
	const char *reason = missing_uio();

	if (reason)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, clean(CHIP));
	ASSERT_EQ(0, watch_open(&self->watch));
	ASSERT_EQ(0, make_uio(variant->delivery, variant->kind, "rising"));
}

FIXTURE_TEARDOWN_PARENT(uio)
{
	fail_restore(&self->fail);
	clean(CHIP);
	check_gone(_metadata, &self->watch);
}

/* Wait for the interrupt. Returns the count of interrupts so far, or -errno. */
static long long wait_irq(struct _test_data_uio *self, int patience_ms)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN };
	int n = poll(&pfd, 1, patience_ms);

	if (n <= 0)
		return n ? -errno : -ETIMEDOUT;
	if (read(self->fd, &self->seen, sizeof(self->seen)) < 0)
		return -errno;
	return self->seen;
}

static bool ready(struct _test_data_uio *self)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

/* Enable the interrupt again. */
static int enable(struct _test_data_uio *self)
{
	int32_t on = 1;

	return write(self->fd, &on, sizeof(on)) < 0 ? -errno : 0;
}

static void check_account_of(struct __test_metadata *_metadata, struct _test_data_uio *self)
{
	struct account a = account_of(LINE "/account");
	long long handled = get_number(self->event);

	CHECK(a.latched >= 0 && a.latched == handled + a.merged + a.dropped + a.waiting,
	      "%lld latched, %lld handled, %lld merged, %lld dropped, %lld waiting",
	      a.latched, handled, a.merged, a.dropped, a.waiting);
}

/*
 * With forced threading, an eoi line is masked until the thread has finished. An ack
 * line stays unmasked, and its next edge can be handled.
 */
static bool masked_for_thread(const struct _fixture_variant_uio *variant)
{
	return softirqs_forced() && !strcmp(variant->kind, "eoi");
}

static bool unmasked_for_thread(const struct _fixture_variant_uio *variant)
{
	return softirqs_forced() && strcmp(variant->kind, "eoi");
}

/* Check each field of the account, event by event. */
TEST_F(uio, account)
{
	/* An event of a masked line does not reach genirq, so genirq does not keep it */
	int kept = masked_for_thread(variant) ? 0 : 1;
	struct account a;

	go(_metadata, self);
	/* The first event is handled */
	ASSERT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(1, wait_irq(self, 5000));
	EXPECT_EQ(0, settle());
	a = account_of(LINE "/account");
	EXPECT_EQ(1, a.latched);
	EXPECT_EQ(0, a.kept + a.merged + a.dropped + a.waiting);
	EXPECT_EQ(!kept, get_number(LINE "/masked"));

	/* Until user space enables the interrupt, one event is kept and one more waits */
	EXPECT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(0, settle());
	a = account_of(LINE "/account");
	EXPECT_EQ(2, a.latched);
	EXPECT_EQ(kept, a.kept);
	EXPECT_EQ(1, a.waiting);
	EXPECT_EQ(1, get_number(LINE "/masked"));
	EXPECT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(0, settle());
	EXPECT_EQ(1, get_number(LINE "/pending"));
	a = account_of(LINE "/account");
	EXPECT_EQ(2 + kept, a.latched);
	EXPECT_EQ(1 + kept, a.waiting);
	EXPECT_FALSE(ready(self));

	/* One run handles both */
	EXPECT_EQ(0, enable(self));
	EXPECT_EQ(2, wait_irq(self, 5000));
	EXPECT_EQ(0, enable(self));
	EXPECT_EQ(0, settle());
	EXPECT_FALSE(ready(self));
	a = account_of(LINE "/account");
	EXPECT_EQ(2 + kept, a.latched);
	EXPECT_EQ(kept, a.merged);
	EXPECT_EQ(0, a.waiting);

	/* An event which is withdrawn is dropped */
	EXPECT_EQ(0, put(LINE "/masked", "1"));
	EXPECT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(0, put(LINE "/pending", "0"));
	EXPECT_EQ(0, put(LINE "/masked", "0"));
	EXPECT_EQ(0, settle());
	EXPECT_FALSE(ready(self));
	a = account_of(LINE "/account");
	EXPECT_EQ(3 + kept, a.latched);
	EXPECT_EQ(1, a.dropped);
	check_account_of(_metadata, self);
	check_taint(_metadata, &self->watch);
}

/* A masked line latches its event, which is replayed when the line is unmasked. */
TEST_F(uio, masked)
{
	go(_metadata, self);
	EXPECT_EQ(0, put(LINE "/masked", "1"));
	EXPECT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(0, settle());
	EXPECT_FALSE(ready(self));
	EXPECT_EQ(1, get_number(LINE "/pending"));
	EXPECT_EQ(0, put(LINE "/masked", "0"));
	EXPECT_EQ(1, wait_irq(self, 5000));
	EXPECT_EQ(0, get_number(LINE "/pending"));
	check_account_of(_metadata, self);
}

/* Changes of the wire raise interrupts according to the type of the line. */
TEST_F(uio, wire)
{
	static const struct {
		const char *type;
		int up, down;
	} types[] = { { "rising", 1, 0 }, { "falling", 0, 1 }, { "both", 1, 1 } };
	int i, round, sum;
	char buf[32];

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		ASSERT_EQ(0, put(LINE "/type", types[i].type));
		ASSERT_EQ(0, get(LINE "/type", buf, sizeof(buf)));
		buf[strcspn(buf, "\n")] = 0;
		EXPECT_STREQ(types[i].type, buf);
		go(_metadata, self);
		for (sum = round = 0; round < 6; round++) {
			int more = round % 2 ? types[i].down : types[i].up;

			EXPECT_EQ(0, put(LINE "/wire", "%d", !(round % 2)));
			EXPECT_EQ(0, settle());
			EXPECT_EQ(more, ready(self));
			sum += more;
			if (!more)
				continue;
			EXPECT_EQ(sum, wait_irq(self, 5000));
			EXPECT_EQ(0, enable(self));
			/* The wire has this level already: no edge */
			EXPECT_EQ(0, put(LINE "/wire", "%d", !(round % 2)));
			EXPECT_EQ(0, settle());
			EXPECT_FALSE(ready(self));
		}
		check_account_of(_metadata, self);
		close(self->fd);
		ASSERT_EQ(0, put(CHIP "/live", "0"));
	}
}

/* A level interrupt is masked until user space enables it, and fires again if still asserted. */
TEST_F(uio, level)
{
	int high, i;

	for (high = 0; high < 2; high++) {
		ASSERT_EQ(0, put(LINE "/type", high ? "high" : "low"));
		ASSERT_EQ(0, put(LINE "/wire", "%d", !high));
		go(_metadata, self);
		EXPECT_EQ(0, settle());
		EXPECT_FALSE(ready(self));
		EXPECT_EQ(0, get_number(LINE "/pending"));
		EXPECT_EQ(0, put(LINE "/wire", "%d", high));
		for (i = 1; i < 4; i++) {
			EXPECT_EQ(i, wait_irq(self, 5000));
			EXPECT_EQ(1, get_number(LINE "/masked"));
			EXPECT_EQ(1, get_number(LINE "/pending"));
			/* Unmasked behind genirq's back, it would be an endless storm */
			if (!strcmp(variant->kind, "eoi"))
				EXPECT_EQ(-EBUSY, put(LINE "/masked", "0"));
			EXPECT_EQ(0, settle());
			EXPECT_FALSE(ready(self));
			EXPECT_EQ(0, enable(self));
		}
		EXPECT_EQ(4, wait_irq(self, 5000));
		EXPECT_EQ(0, put(LINE "/wire", "%d", !high));
		EXPECT_EQ(0, enable(self));
		EXPECT_EQ(0, settle());
		EXPECT_FALSE(ready(self));
		EXPECT_EQ(0, get_number(LINE "/masked"));
		EXPECT_EQ(4, get_number(self->event));
		close(self->fd);
		ASSERT_EQ(0, put(CHIP "/live", "0"));

		/* A level asserted before probe is served once the driver requests the interrupt */
		ASSERT_EQ(0, put(LINE "/wire", "%d", high));
		go(_metadata, self);
		EXPECT_EQ(0, settle());
		EXPECT_EQ(1, get_number(self->event));
		EXPECT_EQ(1, get_number(LINE "/masked"));
		close(self->fd);
		ASSERT_EQ(0, put(CHIP "/live", "0"));
	}
}

/* /proc/interrupts names the chip, the line and its owner. */
TEST_F(uio, names)
{
	char *text, *line, want[32], path[64], hwirq[16];
	long long irq;

	go(_metadata, self);
	ASSERT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(1, wait_irq(self, 5000));
	irq = get_number(LINE "/irq");
	text = slurp("/proc/interrupts");
	snprintf(want, sizeof(want), "%lld:", irq);
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (!strncmp(line + strspn(line, " "), want, strlen(want)))
			break;
	}
	ASSERT_TRUE(!!line);
	CHECK(strstr(line, " kselftest ") && strstr(line, "kselftest-uio"),
	      "/proc/interrupts: %s", line);
	free(text);
	/* Not all architectures show it in /proc/interrupts */
	snprintf(path, sizeof(path), "/sys/kernel/irq/%lld/hwirq", irq);
	ASSERT_EQ(0, get(path, hwirq, sizeof(hwirq)));
	EXPECT_STREQ("3\n", hwirq);
}

/* A name from a property of the device. */
TEST_F(uio, properties)
{
	static const char text[] = "a-flag\nsome-numbers=1,0x10,4294967295\n"
				   "linux,uio-name=\"other\"\n";
	char path[128], buf[256];

	ASSERT_EQ(0, put(DEVICE "/properties", "%s", text));
	ASSERT_EQ(0, get(DEVICE "/properties", buf, sizeof(buf)));
	EXPECT_STREQ(text, buf);
	go(_metadata, self);
	snprintf(path, sizeof(path), "/sys/class/uio/uio%d/name", find_uio());
	ASSERT_EQ(0, get(path, buf, sizeof(buf)));
	EXPECT_STREQ("other\n", buf);
	EXPECT_EQ(-EBUSY, put(DEVICE "/properties", "\n"));
	EXPECT_EQ(-EBUSY, put(DEVICE "/driver", "x"));
	if (!access(DEVICE "/i2c", F_OK))
		EXPECT_EQ(-EBUSY, put(DEVICE "/i2c", "\n"));
}

static int keep_firing(int fd, unsigned int seed)
{
	int fire = open(LINE "/fire", O_WRONLY);
	int wire = open(LINE "/wire", O_WRONLY);

	while (!told_to_stop(fd)) {
		if (pwrite(fire, "1", 1, 0) != 1)
			return 1;
		if (pwrite(wire, rand_r(&seed) % 2 ? "1" : "0", 1, 0) != 1)
			return 2;
	}
	return 0;
}

/*
 * Two processes fire, this one is the driver: the account is exact. The exception is
 * a threaded handler of a line which stays unmasked: an event between the start of
 * the thread and its disable_irq() causes a second run, and several events before the
 * start share one run. The second run may be counted after this process has read and
 * written for the first; then the count rises by two more. No event is lost even
 * then: each is followed by a run.
 */
TEST_F_TIMEOUT(uio, exact, 60)
{
	int most = unmasked_for_thread(variant) ? 3 : 1;
	u64 until = now_ns() + 3000000000ULL;
	struct worker w[2];
	long long n, reads = 0, last = 0;
	struct account a;
	int i;

	go(_metadata, self);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, start(&w[i], keep_firing, i));
	/* On a slow machine, for longer: until enough interrupts were read */
	while (now_ns() < until || reads <= 10) {
		n = wait_irq(self, 10000);
		/* Read, then write: each interrupt is seen separately */
		CHECK(n > last && n <= last + most, "interrupt %lld after %lld", n, last);
		if (n < 0)
			break;
		last = n;
		reads++;
		ASSERT_EQ(0, enable(self));
	}
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, stop(&w[i]));
	/* Up to two interrupts may be left */
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, settle());
		if (!ready(self))
			break;
		n = wait_irq(self, 0);
		CHECK(n > last && n <= last + most, "interrupt %lld after %lld", n, last);
		last = n;
		EXPECT_EQ(0, enable(self));
	}
	a = account_of(LINE "/account");
	EXPECT_EQ(0, a.waiting);
	EXPECT_EQ(last, get_number(self->event));
	if (most == 1)
		check_account_of(_metadata, self);
	else
		EXPECT_GE(a.latched, last + a.merged + a.dropped);

	/* The last event is seen like the first one */
	EXPECT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(last + 1, wait_irq(self, 5000));
	EXPECT_EQ(a.latched + 1, account_of(LINE "/account").latched);
	TH_LOG("%lld interrupts read, %lld events latched", reads, a.latched);
	check_taint(_metadata, &self->watch);
}

/* Use half of the time of a CPU, at a higher priority than interrupt threads. */
static int keep_hogging(int fd, unsigned int cpu)
{
	struct sched_param param = { .sched_priority = 60 };
	u64 until;

	if (pin_to(cpu))
		return 1;
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		return 2;
	while (!told_to_stop(fd)) {
		until = now_ns() + 3000000;
		while (now_ns() < until)
			;
		usleep(3000);
	}
	return 0;
}

/* "synchronize" waits for the handler and its thread, even on another CPU. */
TEST_F_TIMEOUT(uio, synchronize, 120)
{
	int first, last, i;
	struct worker hog;
	char path[64];

	if (!two_cpus(&first, &last))
		SKIP(return, "needs two CPUs");
	go(_metadata, self);
	snprintf(path, sizeof(path), "/proc/irq/%lld/smp_affinity_list", get_number(LINE "/irq"));
	ASSERT_EQ(0, put(path, "%d", last));
	ASSERT_EQ(0, pin_to(first));
	ASSERT_EQ(0, start(&hog, keep_hogging, last));
	for (i = 1; i <= 200; i++) {
		EXPECT_EQ(0, put(LINE "/fire", "1"));
		EXPECT_EQ(0, settle());
		EXPECT_EQ(i, get_number(self->event));
		EXPECT_EQ(i, wait_irq(self, 5000));
		EXPECT_EQ(0, enable(self));
	}
	EXPECT_EQ(0, stop(&hog));
	check_account_of(_metadata, self);
	check_taint(_metadata, &self->watch);
}

/*
 * Write, then read: no interrupt gets stuck, and none is lost, whether it arrives
 * while the interrupt is disabled or after that.
 */
TEST_F_TIMEOUT(uio, write_first, 120)
{
	long long seen = 0, n;
	struct account a;
	int i;

	go(_metadata, self);
	for (i = 0; i < 300; i++) {
		ASSERT_EQ(0, put(LINE "/fire", "1"));
		ASSERT_EQ(0, settle());
		if (i % 2)
			ASSERT_EQ(0, put(LINE "/fire", "1"));
		ASSERT_EQ(0, enable(self));
		if (!(i % 2))
			ASSERT_EQ(0, put(LINE "/fire", "1"));
		/* Until both events have been handled */
		do {
			ASSERT_EQ(0, enable(self));
			ASSERT_EQ(0, settle());
			n = ready(self) ? wait_irq(self, 0) : 0;
			ASSERT_GE(n, 0);
			a = account_of(LINE "/account");
		} while (n || a.waiting);
		n = get_number(self->event) - seen;
		CHECK(n == 2, "round %d: %lld interrupts of 2 events", i, n);
		seen += n;
	}
	EXPECT_EQ(seen, a.latched);
	check_taint(_metadata, &self->watch);
}

/*
 * Removal
 */

/* A user space driver: it finds its device, and works until the device is gone. */
static int keep_driving(int fd, unsigned int seed)
{
	char path[64];
	int n, uio, status = 0;
	uint32_t count, on = 1;

	while (!told_to_stop(fd)) {
		struct pollfd pfd = { .events = POLLIN };

		n = find_uio();
		if (n < 0)
			continue;
		snprintf(path, sizeof(path), "/dev/uio%d", n);
		uio = open(path, O_RDWR | O_CLOEXEC);
		if (uio < 0)
			continue;
		pfd.fd = uio;
		while (!told_to_stop(fd)) {
			if (poll(&pfd, 1, 100) == 1 && read(uio, &count, sizeof(count)) < 0) {
				if (errno != EIO)
					status = 1;
				break;
			}
			if (write(uio, &on, sizeof(on)) < 0) {
				if (errno != EINVAL)
					status = 2;
				break;
			}
		}
		close(uio);
	}
	return status;
}

/* Fire and use whatever exists at the moment. Only these errors are expected. */
static int keep_trying(int fd, unsigned int seed)
{
	static const char * const files[] = { "fire", "wire", "masked", "pending", "synchronize" };
	char path[128];
	bool high;
	int ret;

	while (!told_to_stop(fd)) {
		const char *file = files[rand_r(&seed) % ARRAY_SIZE(files)];

		snprintf(path, sizeof(path), LINE "/%s", file);
		high = !strcmp(file, "fire") || !strcmp(file, "synchronize") || rand_r(&seed) % 2;
		ret = put(path, "%d", high);
		/* A level line which genirq has masked, on a chip of kind eoi */
		if (ret == -EBUSY && !strcmp(file, "masked") && !high)
			continue;
		if (ret && ret != -ENOENT && ret != -ENODEV && ret != -ENXIO)
			return -ret;
		read_only(LINE "/account");
	}
	return 0;
}

/* The chip, the line and the device come and go under fire, while a driver uses them. */
TEST_F_TIMEOUT(uio, removal, 300)
{
	struct worker fire, fire2, drive;
	int i;

	ASSERT_EQ(0, start(&fire, keep_trying, 1));
	ASSERT_EQ(0, start(&fire2, keep_trying, 2));
	ASSERT_EQ(0, start(&drive, keep_driving, 3));
	for (i = 0; i < 40; i++) {
		ASSERT_EQ(0, put(LINE "/type", i % 8 < 4 ? "rising" : "low"));
		ASSERT_EQ(0, put(CHIP "/live", "1"));
		usleep(20000);
		switch (i % 4) {
		case 0:
			ASSERT_EQ(0, put(CHIP "/live", "0"));
			continue;
		case 1:
			ASSERT_EQ(0, take(DEVICE));
			break;
		case 2:
			ASSERT_EQ(0, take(DEVICE));
			ASSERT_EQ(0, take(LINE));
			break;
		case 3:
			break;
		}
		ASSERT_EQ(0, clean(CHIP));
		ASSERT_EQ(0, make_uio(variant->delivery, variant->kind, "rising"));
	}
	EXPECT_EQ(0, stop(&fire));
	EXPECT_EQ(0, stop(&fire2));
	EXPECT_EQ(0, stop(&drive));

	/* The interrupt was freed each time: there is only the new one */
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	check_irqs(_metadata, &self->watch, 1);
	check_taint(_metadata, &self->watch);
}

/*
 * One of two processes which do all operations on a chip. Only these errors are
 * expected, and the chip must have been live.
 */
static int keep_making(int fd, unsigned int seed)
{
	static const int right[] = {
		-EPERM, -EBUSY, -ENOENT, -ENODEV, -ENODATA, -ENXIO, -ENOTEMPTY, -EEXIST, -ERANGE,
	};
	int i, j, ret, live = 0;

	for (i = 0; i < 1500 && !told_to_stop(fd); i++) {
		switch (rand_r(&seed) % 10) {
		case 0:
			ret = make(CHIP) ?: put(CHIP "/num_lines", "4");
			break;
		case 1:
			ret = make(LINE);
			break;
		case 2:
			ret = make(DEVICE) ?: put(DEVICE "/driver", "uio_pdrv_genirq");
			break;
		case 3:
			ret = take(DEVICE);
			break;
		case 4:
			ret = rand_r(&seed) % 4 ? 0 : take(LINE);
			break;
		case 5:
			ret = rand_r(&seed) % 4 ? 0 : take(CHIP);
			break;
		case 6:
		case 7:
			ret = put(CHIP "/live", "0");
			break;
		default:
			ret = put(CHIP "/live", "1");
			live += !ret;
			break;
		}
		for (j = 0; ret && j < ARRAY_SIZE(right) && ret != right[j]; j++)
			;
		if (j == ARRAY_SIZE(right))
			return -ret;
	}
	return live ? 0 : 255;
}

TEST_F_TIMEOUT(uio, two_shells, 600)
{
	struct worker shell[2], fire, drive;
	int i, status;

	ASSERT_EQ(0, put(CHIP "/live", "1"));
	ASSERT_EQ(0, start(&fire, keep_trying, 1));
	ASSERT_EQ(0, start(&drive, keep_driving, 2));
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, start(&shell[i], keep_making, 3 + i));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(shell[i].pid, waitpid(shell[i].pid, &status, 0));
		CHECK(WIFEXITED(status) && !WEXITSTATUS(status),
		      "a shell ended with status 0x%x: an error, or it was never live", status);
	}
	EXPECT_EQ(0, stop(&fire));
	EXPECT_EQ(0, stop(&drive));
	ASSERT_EQ(0, clean(CHIP));
	ASSERT_EQ(0, make_uio(variant->delivery, variant->kind, "rising"));
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	check_irqs(_metadata, &self->watch, 1);
	check_taint(_metadata, &self->watch);
}

/* Wait for an interrupt which never arrives: the device is removed instead. */
static int wait_for_the_end(int fd, unsigned int uio)
{
	uint32_t n;

	return read(uio, &n, sizeof(n)) < 0 && errno == EIO ? 0 : 1;
}

static bool is_asleep(pid_t pid)
{
	char path[64], text[256], *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (get(path, text, sizeof(text)))
		return false;
	state = strrchr(text, ')');
	return state && state[1] && state[2] == 'S';
}

/* The device goes while a reader waits: the reader is woken. Files kept open do no harm. */
TEST_F(uio, held_open)
{
	struct patience patience = { };
	struct worker reader;
	int files[4], i;
	char c;

	go(_metadata, self);
	ASSERT_EQ(0, start(&reader, wait_for_the_end, self->fd));
	while (!is_asleep(reader.pid) && !gave_up(&patience))
		take_a_break();
	EXPECT_TRUE(is_asleep(reader.pid));
	files[0] = open(CHIP "/live", O_RDONLY);
	files[1] = open(LINE "/account", O_RDONLY);
	files[2] = open(LINE "/fire", O_WRONLY);
	files[3] = open(DEVICE "/dev_name", O_RDONLY);
	for (i = 0; i < 4; i++)
		ASSERT_GE(files[i], 0);
	ASSERT_EQ(0, take(DEVICE));
	EXPECT_EQ(0, stop(&reader));
	EXPECT_EQ(-EIO, wait_irq(self, 5000));
	EXPECT_EQ(-EINVAL, enable(self));
	ASSERT_EQ(0, take(LINE));
	ASSERT_EQ(0, take(CHIP));
	EXPECT_EQ(-1, pread(files[0], &c, 1, 0));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, pwrite(files[2], "1", 1, 0));
	EXPECT_EQ(ENOENT, errno);
	/* The chip first, the line last */
	for (i = 0; i < 4; i++)
		close(files[i]);
	check_taint(_metadata, &self->watch);
}

/* Unbind and bind the driver in sysfs, while the chip comes and goes. */
static int keep_unbinding(int fd, unsigned int seed)
{
	static const char driver[] = "/sys/bus/platform/drivers/uio_pdrv_genirq";
	char path[128];
	int ret;

	while (!told_to_stop(fd)) {
		snprintf(path, sizeof(path), "%s/%s", driver,
			 rand_r(&seed) % 2 ? "bind" : "unbind");
		ret = put(path, "irq-sim.kselftest.3");
		/* The device is missing, or (not) bound already, or being added or removed */
		if (ret && ret != -ENODEV && ret != -EBUSY && ret != -EAGAIN)
			return -ret;
	}
	return 0;
}

TEST_F_TIMEOUT(uio, unbound, 300)
{
	struct worker unbind, unbind2, fire;
	int i, ret, live = 0;

	ASSERT_EQ(0, start(&fire, keep_trying, 1));
	ASSERT_EQ(0, start(&unbind, keep_unbinding, 2));
	ASSERT_EQ(0, start(&unbind2, keep_unbinding, 3));
	for (i = 0; i < 200; i++) {
		ret = put(CHIP "/live", "1");
		/* The device was unbound before the front end could check */
		if (ret == -ENXIO)
			continue;
		ASSERT_EQ(0, ret);
		live++;
		if (i % 2) {
			ASSERT_EQ(0, put(CHIP "/live", "0"));
		} else {
			ASSERT_EQ(0, clean(CHIP));
			ASSERT_EQ(0, make_uio(variant->delivery, variant->kind, "rising"));
		}
	}
	EXPECT_EQ(0, stop(&unbind));
	EXPECT_EQ(0, stop(&unbind2));
	EXPECT_EQ(0, stop(&fire));
	EXPECT_GT(live, 0);
	check_taint(_metadata, &self->watch);
}

/*
 * Failing allocations
 */

#define LONG_NAME	"kselftest-of-a-long-name"
#define LONG_CHIP	TOP "/" LONG_NAME

static int make_chip(void) { return make(CHIP); }
static int make_long_chip(void) { return make(LONG_CHIP); }
static int make_line(void) { return make(LINE); }
static int make_device(void) { return make(DEVICE); }
static int take_chip(void) { return take(CHIP); }
static int take_line(void) { return take(LINE); }

/* A chip has its full name: it prefixes the message about a refused value. */
static int take_long_chip(void)
{
	int kmsg = kmsg_open(), ret = put(LONG_CHIP "/live", "2");
	bool named = kmsg_find(kmsg, TAG LONG_NAME ": live: ", NULL, 0);

	close(kmsg);
	return take(LONG_CHIP) ?: (ret == -EINVAL && named ? 0 : -ENODATA);
}

static int take_device(void) { return take(DEVICE); }
static int set_label(void) { return put(LINE "/label", "kselftest-uio"); }
static int set_driver(void) { return put(DEVICE "/driver", "uio_pdrv_genirq"); }
static int set_properties(void) { return put(DEVICE "/properties", "a\nb=1,2\n"); }
static int set_flags(void) { return put(CHIP "/flags", "no_wake no_affinity"); }
static int set_live(void) { return put(CHIP "/live", "1"); }
static int set_dead(void) { return put(CHIP "/live", "0"); }

/* Whether a file shows a value. The callers check an operation with it, and undo that. */
static int shows(const char *path, const char *want)
{
	char text[128];

	return get(path, text, sizeof(text)) ?: strcmp(text, want) ? -EIO : 0;
}

static int no_label(void)
{
	return shows(LINE "/label", "kselftest-uio\n") ?: put(LINE "/label", "\n");
}

/* A driver cannot be unset: check only */
static int same_driver(void)
{
	return shows(DEVICE "/driver", "uio_pdrv_genirq\n");
}

static int no_flags(void)
{
	return shows(CHIP "/flags", "no_affinity no_wake\n") ?: put(CHIP "/flags", "\n");
}

static int no_properties(void)
{
	return shows(DEVICE "/properties", "a\nb=1,2\n") ?: put(DEVICE "/properties", "\n");
}

/* Everything is removed, or nothing if open() has failed without memory */
static int all_or_nothing(void)
{
	int ret = set_dead();

	return ret && (get_number(CHIP "/live") != 1 || put(LINE "/fire", "1")) ? -EIO : ret;
}

/* Make the chip live, with line and device, some of which may exist */
static int make_live(void)
{
	put(CHIP "/live", "0");
	make(LINE);
	make(DEVICE);
	return set_driver() ?: set_live();
}

TEST_F_TIMEOUT(uio, no_memory, 600)
{
	int fd, live, removed, sum = 0;

	if (strcmp(variant->delivery, "hardirq"))
		SKIP(return, "as with hardirq");
	fd = fail_open(&self->fail);
	if (fd < 0)
		SKIP(return, "needs CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_DEBUG_FS");

	/* Once with all memory: some allocations are done once and stay */
	ASSERT_EQ(0, put(CHIP "/live", "1"));
	ASSERT_EQ(0, clean(CHIP));
	put(KMEMLEAK, "clear");

	sum += fail_each(_metadata, "chip", fd, make_chip, take_chip, false);
	/* configfs allocates names of 20 characters and more */
	sum += fail_each(_metadata, "chip, long name", fd, make_long_chip, take_long_chip, false);
	EXPECT_EQ(0, take_long_chip());
	sum += fail_each(_metadata, "line", fd, make_line, take_line, false);
	/* No device yet: only the chip reports errors. One of two lines may have failed */
	ASSERT_EQ(0, put(CHIP "/num_lines", "4"));
	ASSERT_EQ(0, make(CHIP "/line2"));
	sum += fail_each(_metadata, "live, without a device", fd, set_live, set_dead, false);
	ASSERT_EQ(0, set_dead());
	ASSERT_EQ(0, take(CHIP "/line2"));
	sum += fail_each(_metadata, "device", fd, make_device, take_device, false);
	sum += fail_each(_metadata, "label", fd, set_label, no_label, false);
	sum += fail_each(_metadata, "driver", fd, set_driver, same_driver, false);
	sum += fail_each(_metadata, "flags", fd, set_flags, no_flags, false);
	sum += fail_each(_metadata, "properties", fd, set_properties, no_properties, false);
	live = fail_each(_metadata, "live", fd, set_live, set_dead, true);
	removed = fail_each(_metadata, "not live", fd, all_or_nothing, set_live, false);
	ASSERT_EQ(0, set_live());
	removed += fail_each(_metadata, "rmdir of the device", fd, take_device, make_live, false);
	ASSERT_EQ(0, take(LINE));
	ASSERT_EQ(0, put(CHIP "/live", "0"));
	ASSERT_EQ(0, make_live());
	fail_close(&self->fail, fd);
	TH_LOG("%d allocations failed, %d of them on the way to being live, %d on the way back",
	       sum + live + removed, live, removed);
	EXPECT_GT(sum, 7);
	EXPECT_GT(live, 20);

	/* The chip works, and no interrupt has leaked */
	check_irqs(_metadata, &self->watch, 1);
	EXPECT_EQ(0, put(LINE "/fire", "1"));
	EXPECT_EQ(0, settle());
	ASSERT_EQ(0, clean(CHIP));
	check_leaks(_metadata);
	check_taint(_metadata, &self->watch);
}

TEST_HARNESS_MAIN
