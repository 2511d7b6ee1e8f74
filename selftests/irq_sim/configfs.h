/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common code of the tests of simulated interrupts from user space.
 */
#ifndef SELFTESTS_IRQ_SIM_CONFIGFS_H
#define SELFTESTS_IRQ_SIM_CONFIGFS_H

#include "torture.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#define MODULE		"irq_sim_configfs"
#define CONFIGFS	"/sys/kernel/config"
#define TOP		CONFIGFS "/irq-sim"
/* The names of all chips of the tests begin with this */
#define NAME		"kselftest"
#define CHIP		TOP "/" NAME
#define LINE		CHIP "/line3"
#define DEVICE		LINE "/device"

/* The prefix of the log messages of the front end */
#define TAG		"irq-sim: "

/* Make a directory. Returns 0 or -errno. */
static __maybe_unused int make(const char *path)
{
	return mkdir(path, 0755) ? -errno : 0;
}

static __maybe_unused int take(const char *path)
{
	return rmdir(path) ? -errno : 0;
}

/* Read a file. Returns 0 or -errno. */
static __maybe_unused int get(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	else
		buf[n] = 0;
	close(fd);
	return n < 0 ? n : 0;
}

/* Write SIZE bytes with one write(). Returns 0 or -errno. */
static __maybe_unused int put_bytes(const char *path, const void *buf, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, buf, size);
	if (n < 0)
		ret = -errno;
	else if (n != size)
		ret = -EIO;
	close(fd);
	return ret;
}

/* The number in a file, or -errno. */
static __maybe_unused long long get_number(const char *path)
{
	char buf[64];
	int ret = get(path, buf, sizeof(buf));

	return ret ?: strtoll(buf, NULL, 0);
}

static __maybe_unused int read_only(const char *path)
{
	char buf[4096];

	return get(path, buf, sizeof(buf));
}

/* Remove a chip, if it exists, in whatever state. Returns 0 or -errno. */
static __maybe_unused int clean(const char *chip)
{
	DIR *dir = opendir(chip);
	char path[512];
	struct dirent *d;
	int ret = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((d = readdir(dir))) {
		if (strncmp(d->d_name, "line", 4))
			continue;
		snprintf(path, sizeof(path), "%s/%s/device", chip, d->d_name);
		if (take(path) && errno != ENOENT)
			ret = -errno;
		snprintf(path, sizeof(path), "%s/%s", chip, d->d_name);
		ret = take(path) ?: ret;
	}
	closedir(dir);
	return take(chip) ?: ret;
}

/* Why the front end cannot be tested here, or NULL. */
static __maybe_unused const char *missing(void)
{
	const char *forbidden;
	struct statfs fs;

	if (geteuid())
		return "needs root";
	if (access("/sys/module/" MODULE, F_OK)) {
		if (!module_exists(MODULE) && access(TOP, F_OK))
			return "no irq-sim: CONFIG_IRQ_SIM_CONFIGFS";
		forbidden = load_forbidden(load_module(MODULE, ""));
		if (forbidden)
			return forbidden;
	}
	if ((statfs(CONFIGFS, &fs) || fs.f_type != 0x62656570) &&
	    mount("configfs", CONFIGFS, "configfs", 0, NULL))
		return "needs configfs";
	return access(TOP, F_OK) ? "no irq-sim: CONFIG_IRQ_SIM_CONFIGFS" : NULL;
}

static __maybe_unused bool have_driver(const char *name)
{
	char path[128], module[64];

	snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s", name);
	if (!access(path, F_OK))
		return true;
	snprintf(module, sizeof(module), "%s", name);
	for (char *p = module; *p; p++) {
		if (*p == '-')
			*p = '_';
	}
	load_module(module, "");
	return !access(path, F_OK);
}

#define DEBUG_IRQ	"/sys/kernel/debug/irq"
#define NODES		"/sys/kernel/software_nodes"
#define IRQS		"/sys/kernel/irq"

/* The number of entries of a directory whose names begin with NAME, 0 if it does not exist. */
static __maybe_unused int count_entries(const char *path, const char *name)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	int n = 0;

	while (dir && (d = readdir(dir)))
		n += !strncmp(d->d_name, name, strlen(name));
	if (dir)
		closedir(dir);
	return n;
}

/*
 * The number of interrupts whose chip has a name that begins with NAME; or if that is NULL, of
 * those which have no chip and no domain: their numbers are taken, and nobody uses them.
 */
static __maybe_unused int count_irqs(const char *name)
{
	char path[320], chip[80], hwirq[32];
	DIR *dir = opendir(IRQS);
	struct dirent *d;
	int n = 0;

	while (dir && (d = readdir(dir))) {
		snprintf(path, sizeof(path), IRQS "/%s/chip_name", d->d_name);
		if (get(path, chip, sizeof(chip)))
			continue;
		snprintf(path, sizeof(path), IRQS "/%s/hwirq", d->d_name);
		if (name)
			n += !strncmp(chip, name, strlen(name));
		else if (!strcmp(chip, "none\n") && !get(path, hwirq, sizeof(hwirq)))
			n += !hwirq[0];
	}
	if (dir)
		closedir(dir);
	return n;
}

/*
 * Kernel state to compare with later. If the kernel is tainted already, further
 * warnings show only in the log. Domains, software nodes and interrupt numbers are
 * counted, as they are on global lists: kmemleak does not find those which leak.
 */
struct watch {
	char tainted[32];
	int kmsg;
	int domains, nodes, unused;
};

static __maybe_unused int watch_open(struct watch *watch)
{
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	watch->domains = count_entries(DEBUG_IRQ "/domains", "irq-sim." NAME);
	watch->nodes = count_entries(NODES, "");
	watch->unused = count_irqs(NULL);
	watch->kmsg = kmsg_open();
	return watch->kmsg < 0 ? -errno : get("/proc/sys/kernel/tainted", watch->tainted,
					      sizeof(watch->tainted));
}

/* No complaint in the log since the last check. Call it often where the log fills up soon. */
static __maybe_unused void check_log(struct __test_metadata *_metadata, struct watch *watch)
{
	/* "possible " is in every report of lockdep, which does not taint */
	static const char * const complaints[] = { "WARNING:", "BUG:", "possible " };
	char said[1024];
	bool bad;
	int i;

	while (kmsg_find(watch->kmsg, "", said, sizeof(said))) {
		for (bad = false, i = 0; i < ARRAY_SIZE(complaints); i++)
			bad = bad || strstr(said, complaints[i]);
		/* Ignore KCSAN reports which are not about irq_sim */
		bad = bad && (!strstr(said, "BUG: KCSAN:") || strstr(said, "irq_sim"));
		CHECK(!bad, "the kernel said: %s", said);
	}
}

static __maybe_unused void check_tainted(struct __test_metadata *_metadata, struct watch *watch)
{
	char now[32] = "";

	CHECK(!get("/proc/sys/kernel/tainted", now, sizeof(now)) && !strcmp(watch->tainted, now),
	      "the kernel is tainted by %s, before it was by %s", now, watch->tainted);
}

/* No warning from the kernel since watch_open(). */
static __maybe_unused void check_taint(struct __test_metadata *_metadata, struct watch *watch)
{
	check_tainted(_metadata, watch);
	check_log(_metadata, watch);
}

/*
 * The chips of the test have WANT interrupts, and no other number has leaked. A number itself does
 * not show that: somebody else may take it once it is free. Without CONFIG_SPARSE_IRQ, sysfs does
 * not show the interrupts.
 */
static __maybe_unused void check_irqs(struct __test_metadata *_metadata, struct watch *watch,
				      int want)
{
	struct patience patience = { };
	int irqs, unused;

	if (access(IRQS, F_OK))
		return;
	irqs = count_irqs(NAME);
	CHECK(irqs == want, "the chips have %d interrupts, not %d", irqs, want);
	/* A driver may have taken a number just now, and is about to use it */
	while ((unused = count_irqs(NULL)) > watch->unused && !gave_up(&patience))
		take_a_break();
	CHECK(unused <= watch->unused, "%d interrupt numbers are taken, and nobody uses them",
	      unused - watch->unused);
}

/* All chips are removed. For the parent of a test, which does not have the log open. */
static __maybe_unused void check_gone(struct __test_metadata *_metadata, struct watch *watch)
{
	int domains = count_entries(DEBUG_IRQ "/domains", "irq-sim." NAME);
	int nodes = count_entries(NODES, "");

	CHECK(domains == watch->domains, "%d domains are left", domains - watch->domains);
	CHECK(nodes == watch->nodes, "%d software nodes are left", nodes - watch->nodes);
	check_irqs(_metadata, watch, 0);
	check_tainted(_metadata, watch);
}

/* Wait until all events which can be handled are, including by threads */
static __maybe_unused int settle(void)
{
	return put(LINE "/synchronize", "1");
}

struct account {
	long long latched, kept, merged, dropped, waiting;
};

static __maybe_unused struct account account_of(const char *path)
{
	struct account a = { -1 };
	char text[256];

	if (!get(path, text, sizeof(text)))
		a = (struct account){
			value(text, "latched"), value(text, "kept"), value(text, "merged"),
			value(text, "dropped"), value(text, "waiting"),
		};
	return a;
}

/* Fork. The child does WORK until it is told to stop, and returns an exit status. */
struct worker {
	pid_t pid;
	int stop[2];
};

static __maybe_unused bool told_to_stop(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLHUP };

	return poll(&pfd, 1, 0) != 0;
}

static __maybe_unused int start(struct worker *w, int (*work)(int fd, unsigned int seed),
				unsigned int seed)
{
	if (pipe(w->stop))
		return -errno;
	/* If the child ends too soon, stop() reports its status */
	signal(SIGPIPE, SIG_IGN);
	w->pid = fork();
	if (w->pid < 0)
		return -errno;
	if (!w->pid) {
		close(w->stop[1]);
		_exit(work(w->stop[0], seed));
	}
	close(w->stop[0]);
	return 0;
}

/* Stop the child. Returns its exit status, or -1 if it was killed. */
static __maybe_unused int stop(struct worker *w)
{
	int status;

	/* Write, as other children may keep the pipe open: no POLLHUP on close */
	if (write(w->stop[1], "x", 1) != 1 && errno != EPIPE)
		return -1;
	if (waitpid(w->pid, &status, 0) != w->pid)
		return -1;
	/* Close after the child has ended: KCSAN reports a race of close with poll */
	close(w->stop[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Append the first entry of directory PATH whose name begins with NAME to PATH. */
static __maybe_unused bool find_entry(char *path, size_t size, const char *name)
{
	DIR *dir = opendir(path);
	size_t len = strlen(path);
	struct dirent *d;
	bool found = false;

	while (dir && !found && (d = readdir(dir))) {
		found = !strncmp(d->d_name, name, strlen(name));
		if (found)
			snprintf(path + len, size - len, "/%s", d->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/*
 * Failing allocations
 */

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

/* Saved settings. In the fixture, as a test may fail before it restores them. */
struct fail {
	bool changed;
	char spares[8], verbose[16];
};

static __maybe_unused void fail_restore(struct fail *fail)
{
	if (!fail->changed)
		return;
	put(FAILSLAB "verbose", "%s", fail->verbose);
	put(FAILSLAB "ignore-gfp-wait", "%s", fail->spares);
	fail->changed = false;
}

static __maybe_unused void fail_close(struct fail *fail, int fd)
{
	fail_restore(fail);
	close(fd);
}

/* Let sleeping allocations fail as well. Returns a descriptor for fail_nth(), or -1. */
static __maybe_unused int fail_open(struct fail *fail)
{
	int fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -1;
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	fail->changed = !get(FAILSLAB "ignore-gfp-wait", fail->spares, sizeof(fail->spares)) &&
			!get(FAILSLAB "verbose", fail->verbose, sizeof(fail->verbose));
	if (fail->changed && !put(FAILSLAB "ignore-gfp-wait", "N") &&
	    !put(FAILSLAB "verbose", "0"))
		return fd;
	fail_close(fail, fd);
	return -1;
}

/* Make the Nth allocation of this task fail. has_failed() tells whether one did. */
static __maybe_unused void fail_nth(int fd, int n)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "%d", n);
	if (pwrite(fd, buf, strlen(buf), 0) < 0)
		perror("fail-nth");
}

static __maybe_unused bool has_failed(int fd)
{
	char buf[16] = "";

	return pread(fd, buf, sizeof(buf) - 1, 0) > 0 && atoi(buf) == 0;
}

/*
 * Repeat an operation, and make each of its allocations fail in turn, until none is left.
 * Without memory it returns -ENOMEM. If it binds a driver it may return -ENXIO as well, as
 * the error of the driver is not known, and -EINVAL, which the driver core returns for a
 * device without a name.
 */
static __maybe_unused int fail_each(struct __test_metadata *_metadata, const char *what, int fd,
				    int (*fn)(void), int (*undo)(void), bool binds)
{
	int n, ret, failed = 0;

	for (n = 1; n < 2000; n++) {
		bool hit;

		fail_nth(fd, n);
		ret = fn();
		hit = has_failed(fd);
		fail_nth(fd, 0);
		if (!hit) {
			CHECK(!ret, "%s: %d with all memory", what, ret);
			return failed;
		}
		failed++;
		if (!ret)	/* not needed: the operation must be complete */
			CHECK(!undo(), "%s: success without memory, and not done", what);
		else
			CHECK(ret == -ENOMEM || (binds && (ret == -ENXIO || ret == -EINVAL)),
			      "%s: %d without memory", what, ret);
	}
	CHECK(false, "%s: no end", what);
	return failed;
}

/*
 * kmemleak has found nothing since it was cleared. It is slow, so not all kernels have
 * it: that is no failure, but the log says that leaks were not checked.
 */
static __maybe_unused void check_leaks(struct __test_metadata *_metadata)
{
	char *text;

	/* The first scan may find objects which are still in use: scan twice */
	if (put(KMEMLEAK, "scan")) {
		TH_LOG("leaks not checked: CONFIG_DEBUG_KMEMLEAK");
		return;
	}
	sleep(6);
	put(KMEMLEAK, "scan");
	text = slurp(KMEMLEAK);
	CHECK(text && !text[0], "leaked: %.2000s", text ?: "?");
	free(text);
}

#endif
