/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common code of the interrupt simulator selftests. They load the torture
 * module (kernel/irq/irq_sim_torture.c) with their own parameters, and judge
 * by its counters and by what the rest of the kernel reports.
 */
#ifndef SELFTESTS_IRQ_SIM_TORTURE_H
#define SELFTESTS_IRQ_SIM_TORTURE_H

#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <libgen.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

typedef unsigned long long u64;

#define TORTURE		"irq_sim_torture"
#define TORTURE_DIR	"/sys/kernel/debug/" TORTURE
#define CONSOLE_TAG	"irq_sim-torture:"

/* KSFT_MACHINE_SLOW=yes means a debug kernel or a slow machine. */
static inline unsigned int slowness(void)
{
	const char *slow = getenv("KSFT_MACHINE_SLOW");

	return slow && !strcmp(slow, "yes") ? 5 : 1;
}

/* Long enough for an emulator on a busy machine; only a failing test waits this long. */
#define PATIENCE_NS	(slowness() * 30 * 1000000000ULL)

/* Scale the timeouts, too. Runs after the constructors which register the tests. */
static void __attribute__((constructor)) scale_limits(void)
{
	struct __fixture_metadata *fixture = __fixture_list;
	struct __test_metadata *test;

	for (; fixture; fixture = fixture->next) {
		for (test = fixture->tests; test; test = test->next)
			test->timeout *= slowness();
	}
}

/* Like EXPECT_TRUE(), but with a message of the caller instead of the expression. */
#define CHECK(cond, fmt, ...)					\
do {								\
	if (!(cond)) {						\
		TH_LOG(fmt, ##__VA_ARGS__);			\
		_metadata->exit_code = KSFT_FAIL;		\
	}							\
} while (0)

static inline u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Sleep between two polls of a condition. */
static inline void take_a_break(void)
{
	usleep(10000);
}

/* How long a loop has waited. It starts with zeroes. */
struct patience {
	u64 since;
	u64 waited;
};

/*
 * Returns true when the time is up. Call it in each turn, after checking the condition. If the
 * whole machine stalls, whatever the loop waits for stalls as well. So a turn counts for at
 * most a tenth of a second, and the condition is checked once more after the time is up.
 */
static __maybe_unused bool gave_up(struct patience *p)
{
	u64 now = now_ns(), turn = p->since ? now - p->since : 0;

	if (p->waited > PATIENCE_NS)
		return true;
	p->waited += turn < 100000000 ? turn : 100000000;
	p->since = now;
	return false;
}

/* The contents of a file, or NULL. The caller frees it. */
static __maybe_unused char *slurp(const char *path)
{
	size_t size = 4096, len = 0;
	char *buf = malloc(size);
	int fd = open(path, O_RDONLY);
	ssize_t n;

	while (buf && fd >= 0 && (n = read(fd, buf + len, size - len - 1)) > 0) {
		len += n;
		if (len + 1 < size)
			continue;
		size *= 2;
		buf = realloc(buf, size);
	}
	if (fd >= 0)
		close(fd);
	if (!buf || fd < 0) {
		free(buf);
		return NULL;
	}
	buf[len] = 0;
	return buf;
}

/* Write to a file. Returns 0 or -errno. */
static __maybe_unused int put(const char *path, const char *fmt, ...)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;
	char buf[256];
	va_list ap;
	ssize_t n;

	if (fd < 0)
		return -errno;
	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	n = write(fd, buf, strlen(buf));
	if (n < 0)
		ret = -errno;
	else if (n != strlen(buf))
		ret = -EIO;
	close(fd);
	return ret;
}

/* The number after "NAME " at the start of a line of TEXT; -1 if there is no such line. */
static __maybe_unused long long value(const char *text, const char *fmt, ...)
{
	char name[64];
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	len = strlen(name);

	while (text && *text) {
		if (!strncmp(text, name, len) && text[len] == ' ')
			return strtoll(text + len, NULL, 10);
		text = strchr(text, '\n');
		text += !!text;
	}
	return -1;
}

/*
 * Modules
 */

static int load_file(const char *path, const char *settings)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;
	size_t len = strlen(path);
	/* MODULE_INIT_COMPRESSED_FILE */
	int flags = len > 3 && strcmp(path + len - 3, ".ko") ? 4 : 0;

	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, settings, flags) ? -errno : 0;
	close(fd);
	return ret;
}

/* Is the last component of PATH the file of module NAME? */
static bool is_module(const char *path, size_t len, const char *name)
{
	size_t i, n = strlen(name);
	const char *base = path + len;

	while (base > path && base[-1] != '/')
		base--;
	if (strncmp(base + n, ".ko", 3))
		return false;
	for (i = 0; i < n; i++) {
		if (base[i] != name[i] && !(base[i] == '-' && name[i] == '_'))
			return false;
	}
	return true;
}

/* The line of modules.dep for module NAME, or NULL. The caller frees it. */
static char *find_dep(const char *name)
{
	struct utsname uts;
	char path[300], *text, *line, *colon, *found = NULL;

	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", uts.release);
	text = slurp(path);
	for (line = text ? strtok(text, "\n") : NULL; line; line = strtok(NULL, "\n")) {
		colon = strchr(line, ':');
		if (colon && is_module(line, colon - line, name)) {
			found = strdup(line);
			break;
		}
	}
	free(text);
	return found;
}

/* The path of NAME.ko in the directory of the program. */
static void beside_path(char *path, size_t size, const char *name)
{
	char self[256] = "";

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		self[0] = 0;
	snprintf(path, size, "%s/%s.ko", dirname(self), name);
}

static __maybe_unused bool module_loaded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	return !access(path, F_OK);
}

static __maybe_unused bool module_exists(const char *name)
{
	char path[300], *dep = find_dep(name);

	free(dep);
	if (dep)
		return true;
	beside_path(path, sizeof(path), name);
	return !access(path, F_OK);
}

/*
 * Load a module and its dependencies, as modprobe does: some systems on which
 * these tests run have no modprobe. Returns 0 or -errno.
 */
static __maybe_unused int load_module(const char *name, const char *settings)
{
	char *words[16], *dep = find_dep(name), *word, path[600];
	int n = 0, ret = -ENOENT;
	struct utsname uts;

	if (!dep) {
		beside_path(path, sizeof(path), "torture");
		load_file(path, "");
		beside_path(path, sizeof(path), name);
		return load_file(path, settings);
	}

	uname(&uts);
	for (word = strtok(dep, ": "); word && n < ARRAY_SIZE(words); word = strtok(NULL, ": "))
		words[n++] = word;
	while (n--) {
		if (words[n][0] == '/')
			snprintf(path, sizeof(path), "%s", words[n]);
		else
			snprintf(path, sizeof(path), "/lib/modules/%s/%s", uts.release, words[n]);
		ret = load_file(path, n ? "" : settings);
		if (ret && !(n && ret == -EEXIST))
			break;
	}
	free(dep);
	return ret;
}

static __maybe_unused int unload_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

/*
 * The kernel log from now on
 */

static __maybe_unused int kmsg_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/*
 * Read on until a message contains STRING, and copy that message to BUF.
 */
static __maybe_unused bool kmsg_find(int fd, const char *string, char *buf, size_t size)
{
	char record[2048], *text;
	ssize_t n;

	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue;	/* overwritten: read the next one */
		if (n <= 0)
			return false;
		record[n] = 0;
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		if (!strstr(text, string))
			continue;
		if (buf) {
			text[strcspn(text, "\n")] = 0;
			snprintf(buf, size, "%.*s", (int)size - 1, text);
		}
		return true;
	}
}

/*
 * CPUs and tasks
 */

/* The first and the last CPU; false if they are the same one. */
static __maybe_unused bool two_cpus(int *first, int *last)
{
	cpu_set_t set;
	int cpu;

	*first = *last = -1;
	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (*first < 0)
			*first = cpu;
		*last = cpu;
	}
	return *first != *last;
}

static __maybe_unused int pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/*
 * Take a CPU down, or bring it back. Probing a bus, among others, disables CPU
 * hotplug for a moment, which gives -EBUSY: the only error worth a retry.
 * Returns 0 or -errno.
 */
static __maybe_unused int set_online(int cpu, bool online)
{
	struct patience patience = { };
	char path[80];
	int ret;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	while ((ret = put(path, "%d", online)) == -EBUSY && !gave_up(&patience))
		take_a_break();
	return ret;
}

/* Can the CPU be taken down? */
static __maybe_unused bool hotpluggable(int cpu)
{
	char path[80];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	return !access(path, W_OK);
}

/* The PID of the task with this name, or 0. */
static __maybe_unused pid_t find_task(const char *fmt, ...)
{
	char name[32], path[64], *comm;
	pid_t pid, found = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	/* The per-CPU kthreads of the boot have low PIDs */
	for (pid = 1; pid < 32768 && !found; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		comm = slurp(path);
		if (comm) {
			comm[strcspn(comm, "\n")] = 0;
			if (!strcmp(comm, name))
				found = pid;
		}
		free(comm);
	}
	return found;
}

/* Field N of /proc/PID/stat, N >= 3. Field 3, the state, is returned as its character. */
static __maybe_unused long long stat_field(pid_t pid, int n)
{
	char path[64], *text, *p;
	long long ret = -1;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	text = slurp(path);
	p = text ? strrchr(text, ')') : NULL;
	for (; p && n > 3; n--)
		p = strchr(p + 2, ' ') ? strchr(p + 2, ' ') - 1 : NULL;
	if (p)
		ret = isalpha(p[2]) ? p[2] : strtoll(p + 2, NULL, 10);
	free(text);
	return ret;
}

/* The CPU time of a task. */
static __maybe_unused u64 task_ns(pid_t pid)
{
	unsigned long long ns = 0;
	char path[64], *text;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	text = slurp(path);
	if (text)
		ns = strtoull(text, NULL, 10);
	if (!ns)
		/* Without CONFIG_SCHED_INFO: utime and stime, in ticks */
		ns = (stat_field(pid, 14) + stat_field(pid, 15)) *
		     (1000000000ULL / sysconf(_SC_CLK_TCK));
	free(text);
	return ns;
}

/* How long a CPU has been idle, in USER_HZ ticks. */
static __maybe_unused long long cpu_idle(int cpu)
{
	unsigned long long user, nice, sys, idle = 0, iowait = 0;
	char name[16], *text = slurp("/proc/stat"), *line;

	snprintf(name, sizeof(name), "cpu%d ", cpu);
	line = text ? strstr(text, name) : NULL;
	if (line)
		sscanf(line + strlen(name), "%llu %llu %llu %llu %llu",
		       &user, &nice, &sys, &idle, &iowait);
	free(text);
	return idle + iowait;
}

static __maybe_unused bool preempt_rt(void)
{
	char *text = slurp("/sys/kernel/realtime");
	struct utsname uts;
	bool rt;

	uname(&uts);
	rt = (text && text[0] == '1') || strstr(uts.version, "PREEMPT_RT");
	free(text);
	return rt;
}

/* Does interrupt exit leave softirqs to ksoftirqd by default? */
static __maybe_unused bool softirqs_forced(void)
{
	char *text = slurp("/proc/cmdline");
	bool forced = preempt_rt() || (text && strstr(text, "threadirqs"));

	free(text);
	return forced;
}

/* The column of a CPU in a table of /proc; -1 if it has none. */
static int cpu_column(const char *text, int cpu)
{
	const char *p = text;
	int column = -1, i, c;

	/* The first line names the CPUs: offline ones may be missing */
	for (i = 0; p && (p = strstr(p, "CPU")) && p < strchr(text, '\n'); p += 3, i++) {
		if (sscanf(p, "CPU%d", &c) == 1 && c == cpu)
			column = i;
	}
	return column;
}

/* How often a softirq has run on a CPU; -1 if there is no such vector. */
static __maybe_unused long long softirq_runs(const char *vector, int cpu)
{
	char *text = slurp("/proc/softirqs"), *line, *p, name[32];
	int column = cpu_column(text, cpu), i;
	long long n = -1;

	snprintf(name, sizeof(name), " %s:", vector);
	line = text ? strstr(text, name) : NULL;
	if (line && column >= 0) {
		p = line + strlen(name);
		for (i = 0; i <= column; i++)
			n = strtoll(p, &p, 10);
	}
	free(text);
	return n;
}

/* The number of interrupts of a CPU, without the simulated ones. */
static __maybe_unused long long cpu_irqs(int cpu)
{
	char *text = slurp("/proc/interrupts"), *line, *save, *p, *end;
	int column = cpu_column(text, cpu), i;
	long long sum = 0, n = 0;

	line = text ? strtok_r(text, "\n", &save) : NULL;
	while (column >= 0 && line && (line = strtok_r(NULL, "\n", &save))) {
		/* s390 has sub-interrupts, with their class in brackets: do not count twice */
		p = strchr(line, ':');
		if (!p || strstr(line, " irq_sim") || strchr(line, '['))
			continue;
		for (i = 0, p++; i <= column; i++, p = end) {
			n = strtoll(p, &end, 10);
			if (end == p)
				break;
		}
		if (i > column)
			sum += n;
	}
	free(text);
	return sum;
}

/* The number of a softirq vector, in the order of /proc/softirqs; -1 if there is none. */
static __maybe_unused int softirq_number(const char *vector)
{
	char *text = slurp("/proc/softirqs"), *line, name[32];
	int i, n = -1;

	snprintf(name, sizeof(name), "%s:", vector);
	line = text ? strchr(text, '\n') : NULL;
	for (i = 0; line && *++line; i++) {
		if (!strncmp(line + strspn(line, " "), name, strlen(name))) {
			n = i;
			break;
		}
		line = strchr(line, '\n');
	}
	free(text);
	return n;
}

/*
 * The torture module
 */

static __maybe_unused char *torture_counters(void)
{
	return slurp(TORTURE_DIR "/counters");
}

/* End the load. The module then checks everything. */
static __maybe_unused int torture_stop(void)
{
	return put(TORTURE_DIR "/command", "stop");
}

/*
 * Wait until everything that was fired is handled: some lines are not delivered
 * on the CPU which fires.
 */
static __maybe_unused bool torture_quiet(void)
{
	struct patience patience = { };

	for (;;) {
		char *text = torture_counters();
		bool quiet = value(text, "lost") == 0 && value(text, "waiting") == 0;

		free(text);
		if (quiet || gave_up(&patience))
			return quiet;
		take_a_break();
	}
}

/*
 * Why this kernel does not load modules, by the error of an attempt; or NULL.
 * Errors of the module itself are left to the test.
 */
static const char *load_forbidden(int ret)
{
	switch (ret) {
	case -ENOKEY:
	case -EKEYREJECTED:
	case -EBADMSG:
	case -ENOPKG:
		return "modules must be signed by a key of the kernel";
	case -EPERM:
		return "loading modules is not permitted: lockdown, or kernel.modules_disabled=1";
	case -EOPNOTSUPP:
		return "modules are compressed: CONFIG_MODULE_DECOMPRESS=y";
	default:
		return NULL;
	}
}

/* Why the torture module cannot be used here, or NULL. */
static __maybe_unused const char *torture_missing(void)
{
	struct statfs fs;

	if (geteuid())
		return "needs root, to load a module";
	if (!access("/sys/module/" TORTURE, F_OK) && !module_loaded(TORTURE))
		return TORTURE " is built in: it must be a module";
	if (!module_exists(TORTURE))
		return "no module " TORTURE ": CONFIG_IRQ_SIM_TORTURE_TEST=m";
	if ((statfs("/sys/kernel/debug", &fs) || fs.f_type != DEBUGFS_MAGIC) &&
	    mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL))
		return "needs debugfs";
	if (module_loaded(TORTURE))
		return NULL;
	/* The module refuses this parameter, so the attempt never starts a load */
	return load_forbidden(load_module(TORTURE, "chips=0"));
}

/* Clean up after a test which was killed. */
static __maybe_unused void torture_unload(void)
{
	if (!module_loaded(TORTURE))
		return;
	torture_stop();
	unload_module(TORTURE);
}

/* The module reports the result when it is unloaded: the test passes or fails by that. */
static __maybe_unused bool torture_success(int kmsg, char *buf, size_t size)
{
	return kmsg_find(kmsg, CONSOLE_TAG "--- End of test:", buf, size) &&
	       strstr(buf, "End of test: SUCCESS");
}

struct line {
	unsigned int	chip;
	unsigned int	hwirq;
	unsigned int	virq;
	char		delivery[16];
	char		kind[16];
	char		type[16];
	char		consumer[16];
	char		sort[16];
	long long	latched;
	long long	handled;
	long long	runs;
	long long	kept;
	long long	merged;
	long long	dropped;
	long long	waiting;
	int		in_thread;
};

static __maybe_unused bool is_level(const struct line *l)
{
	return !strcmp(l->type, "high") || !strcmp(l->type, "low");
}

/* Read the table of lines. Returns the number of lines. */
static __maybe_unused int torture_lines(struct line *lines, int max)
{
	char *text = slurp(TORTURE_DIR "/lines"), *p;
	int n = 0, words;

	p = text ? strchr(text, '\n') : NULL;
	while (p && *++p && n < max) {
		struct line *l = &lines[n];

		if (sscanf(p, "%u %u %u %15s %15s %15s %15s %15s%n", &l->chip, &l->hwirq,
			   &l->virq, l->delivery, l->kind, l->type, l->consumer, l->sort,
			   &words) != 8)
			break;
		if (sscanf(p + words, "%lld %lld %lld %lld %lld %lld %lld %d", &l->latched,
			   &l->handled, &l->runs, &l->kept, &l->merged, &l->dropped,
			   &l->waiting, &l->in_thread) != 8)
			break;
		n++;
		p = strchr(p, '\n');
	}
	free(text);
	return n;
}

/* The count of an interrupt in /proc/interrupts, on one CPU or, with -1, on all. */
static __maybe_unused long long irq_count(unsigned int virq, int cpu)
{
	char *text = slurp("/proc/interrupts"), *line, *p, *end;
	long long n, sum = -1;
	unsigned int number;
	int cpus[CPU_SETSIZE], ncpus = 0, i;

	p = text;
	while (p && (p = strstr(p, "CPU")) && p < strchr(text, '\n') && ncpus < CPU_SETSIZE) {
		cpus[ncpus++] = atoi(p + 3);
		p += 3;
	}
	line = text ? strchr(text, '\n') : NULL;
	while (line && *++line) {
		if (sscanf(line, " %u:", &number) == 1 && number == virq) {
			p = strchr(line, ':') + 1;
			for (sum = 0, i = 0; i < ncpus; i++, p = end) {
				n = strtoll(p, &end, 10);
				if (cpu < 0 || cpus[i] == cpu)
					sum += n;
			}
			break;
		}
		line = strchr(line, '\n');
	}
	free(text);
	return sum;
}

/*
 * Compare with the count of genirq. That does not include the run for an event
 * which was kept while the handler was in progress: handle_edge_irq() calls the
 * handler once more for it, without counting.
 */
static void check_line_count(struct __test_metadata *_metadata, const struct line *l)
{
	long long count = irq_count(l->virq, -1);

	if (l->in_thread)
		/* genirq counts the wakeups of the thread. One run may serve several latches. */
		CHECK(l->runs <= count + l->kept,
		      "irq %u: %lld runs, %lld in /proc/interrupts and %lld kept",
		      l->virq, l->runs, count, l->kept);
	else
		CHECK(count <= l->runs && l->runs <= count + l->kept,
		      "irq %u: %lld runs, %lld in /proc/interrupts and %lld kept",
		      l->virq, l->runs, count, l->kept);
}

/* Check the account of a quiescent line. */
static void check_line_account(struct __test_metadata *_metadata, const struct line *l)
{
	if (is_level(l)) {
		CHECK(!strcmp(l->sort, "raced") || l->latched == l->handled,
		      "chip %u line %u (%s, %s, %s): asserted %lld times, %lld handled",
		      l->chip, l->hwirq, l->delivery, l->kind, l->type, l->latched, l->handled);
		return;
	}
	CHECK(!l->waiting, "chip %u line %u (%s, %s, %s): %lld waiting", l->chip, l->hwirq,
	      l->delivery, l->kind, l->type, l->waiting);
	/* Only a thread may handle several latches in one run */
	if (!l->in_thread)
		CHECK(l->latched == l->handled + l->merged + l->dropped,
		      "chip %u line %u (%s, %s, %s): %lld latched, %lld handled, %lld merged, %lld dropped",
		      l->chip, l->hwirq, l->delivery, l->kind, l->type, l->latched, l->handled,
		      l->merged, l->dropped);
}

/* "errors" is the sum of the kinds of errors. Check it, and that each kind is 0. */
static void check_errors(struct __test_metadata *_metadata, const char *text)
{
	const char *p = text;
	long long n, sum = 0;
	int kinds = 0;
	char kind[32];

	for (; p; p = strchr(p, '\n'), p += !!p) {
		if (sscanf(p, "errors/%31s %lld", kind, &n) != 2)
			continue;
		kinds++;
		sum += n;
		CHECK(!n, "errors/%s %lld: see the kernel's log", kind, n);
	}
	CHECK(kinds > 0 && value(text, "errors") == sum, "%lld errors, and %lld of %d kinds",
	      value(text, "errors"), sum, kinds);
}

/*
 * Check the account of a load that has ended: the totals of the module, each
 * line, and the independent counts of genirq.
 */
static __maybe_unused void check_account(struct __test_metadata *_metadata)
{
	static struct line table[4096];
	char *text = torture_counters();
	int n = torture_lines(table, ARRAY_SIZE(table)), i;

	ASSERT_TRUE(!!text);
	CHECK(strstr(text, "state ended\n"), "the load has not ended");
	CHECK(value(text, "latched") > 0, "nothing was fired");
	CHECK(value(text, "lost") == 0 && value(text, "waiting") == 0,
	      "%lld latched, %lld handled: %lld lost, %lld waiting", value(text, "latched"),
	      value(text, "handled"), value(text, "lost"), value(text, "waiting"));
	check_errors(_metadata, text);
	for (i = 0; i < n; i++) {
		check_line_account(_metadata, &table[i]);
		if (!strcmp(table[i].sort, "permanent"))
			check_line_count(_metadata, &table[i]);
	}
	free(text);
}

/* Unload the module. It reports the result: the test passes or fails by that. */
static __maybe_unused void check_end(struct __test_metadata *_metadata, int kmsg)
{
	char message[1024] = "nothing";

	ASSERT_EQ(0, unload_module(TORTURE));
	CHECK(torture_success(kmsg, message, sizeof(message)),
	      "at its end, the module said: %s", message);
}

#endif
