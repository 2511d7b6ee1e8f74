// SPDX-License-Identifier: GPL-2.0
/*
 * Mask simulated interrupts, move them, free them and unload the module while
 * they are fired on all CPUs; run a flood beside a task with limited CPU time.
 * No interrupt is lost, and none is handled which was not fired.
 */
#include "torture.h"

#include <dirent.h>

#define MAX_LINES	64

FIXTURE(churn) {
	int home;
	int cpu;
	bool two;
	int kmsg;
	char cgroup[80];
};

FIXTURE_VARIANT(churn) {
	const char *delivery;
};

FIXTURE_VARIANT_ADD(churn, hardirq) { .delivery = "hardirq" };
FIXTURE_VARIANT_ADD(churn, tasklet) { .delivery = "tasklet" };
FIXTURE_VARIANT_ADD(churn, bh_work) { .delivery = "bh_work" };

FIXTURE_SETUP(churn)
{
	const char *missing = torture_missing();

	if (missing)
		SKIP(return, "%s", missing);
	self->two = two_cpus(&self->home, &self->cpu);
	torture_unload();
	self->kmsg = kmsg_open();
	ASSERT_GE(self->kmsg, 0);
}

FIXTURE_TEARDOWN_PARENT(churn)
{
	torture_unload();
	if (self->cgroup[0])
		rmdir(self->cgroup);
}

/* Start a load. Returns 0 or -errno. */
static int load(const char *delivery, const char *more)
{
	char settings[512];

	snprintf(settings, sizeof(settings), "delivery=%s stutter=0 stat_interval=0 lines=8 %s",
		 delivery, more);
	return load_module(TORTURE, settings);
}

static long long count(const char *name)
{
	char *text = torture_counters();
	long long n = value(text, "%s", name);

	free(text);
	return n;
}

static bool wait_count(const char *name, long long more)
{
	long long since = count(name);
	struct patience patience = { };

	while (count(name) - since < more) {
		if (gave_up(&patience))
			return false;
		take_a_break();
	}
	return true;
}

TEST_F_TIMEOUT(churn, mask, 120)
{
	ASSERT_EQ(0, load(variant->delivery, "chips=2 maskers=8 shufflers=0 churners=0"));
	CHECK(wait_count("latched", 5000), "5000 interrupts did not get fired");
	CHECK(wait_count("replays", 50),
	      "50 lines did not get enabled with something latched meanwhile");
	ASSERT_EQ(0, torture_stop());
	TH_LOG("%lld latched, %lld enabled with something latched", count("latched"),
	       count("replays"));
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
}

/*
 * The module moves lines from one CPU to the other while the test does the same
 * through /proc. Afterwards, an interrupt is handled on the CPU to which its line
 * was moved, no matter where it is fired.
 */
TEST_F_TIMEOUT(churn, affinity, 120)
{
	static struct line table[MAX_LINES];
	long long here, there, refused = 0;
	int n, i, cpu, round;
	char path[80];

	if (!self->two)
		SKIP(return, "needs two CPUs");
	/* Slow handlers, so that some are running on the other CPU */
	ASSERT_EQ(0, load(variant->delivery,
			  "chips=2 maskers=0 shufflers=8 churners=0 cost_ns=20000"));
	n = torture_lines(table, MAX_LINES);
	ASSERT_EQ(16, n);
	for (round = 0; round < 100; round++) {
		for (i = 0; i < n; i++) {
			snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list",
				 table[i].virq);
			refused += !!put(path, "%d", (round + i) & 1 ? self->home : self->cpu);
		}
	}
	CHECK(!refused, "/proc/irq/*/smp_affinity_list refused %lld of %d writes",
	      refused, 100 * n);
	CHECK(wait_count("latched", 5000), "5000 interrupts did not get fired");
	CHECK(wait_count("moves", 100), "100 lines did not get moved by the module");
	ASSERT_EQ(0, torture_stop());
	check_account(_metadata);

	ASSERT_EQ(0, pin_to(self->home));
	for (i = 0; i < n; i++) {
		/* A level line may interrupt more than once for each fire */
		if (is_level(&table[i]))
			continue;
		for (round = 0; round < 4; round++) {
			cpu = round & 1 ? self->home : self->cpu;
			snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list",
				 table[i].virq);
			ASSERT_EQ(0, put(path, "%d", cpu));
			here = irq_count(table[i].virq, cpu);
			there = irq_count(table[i].virq, -1);
			ASSERT_EQ(0, put(TORTURE_DIR "/command", "fire %d", i));
			ASSERT_TRUE(torture_quiet());
			CHECK(irq_count(table[i].virq, cpu) - here == 1 &&
			      irq_count(table[i].virq, -1) - there == 1,
			      "irq %u was moved to CPU %d and fired once: %lld times there, %lld in all",
			      table[i].virq, cpu, irq_count(table[i].virq, cpu) - here,
			      irq_count(table[i].virq, -1) - there);
		}
	}
	check_end(_metadata, self->kmsg);
}

/*
 * Lines are freed, requested again and remapped: the next owner inherits nothing.
 * Slow handlers, so that some are running at that time.
 */
TEST_F_TIMEOUT(churn, free, 120)
{
	ASSERT_EQ(0, load(variant->delivery,
			  "chips=2 maskers=0 shufflers=0 churners=4 cost_ns=20000"));
	CHECK(wait_count("latched", 5000), "5000 interrupts did not get fired");
	CHECK(wait_count("churns", 100), "100 lines did not get freed and requested again");
	ASSERT_EQ(0, torture_stop());
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
}

/*
 * Unload in the middle of everything, with a CPU that goes down before and comes
 * back afterwards. (The onoff_interval of the torture framework is not usable for
 * several tests in a row: it loses count of the CPUs.)
 */
TEST_F_TIMEOUT(churn, unload_under_fire, 180)
{
	bool hotplug = self->two && hotpluggable(self->cpu);
	int i;

	for (i = 0; i < 6; i++) {
		ASSERT_EQ(0, load(variant->delivery, "chips=3"));
		CHECK(wait_count("latched", 2000), "2000 interrupts did not get fired");
		if (hotplug)
			CHECK(!set_online(self->cpu, i & 1), "CPU %d cannot be taken %s",
			      self->cpu, i & 1 ? "up" : "down");
		CHECK(wait_count("latched", 500), "500 interrupts did not get fired");
		check_end(_metadata, self->kmsg);
	}
}

/* Chips of all kinds and deliveries at once: each keeps its own account. */
TEST_F_TIMEOUT(churn, chips, 120)
{
	static const char * const sorts[] = {
		"hardirq ack", "hardirq eoi", "tasklet ack", "tasklet eoi", "bh_work ack",
		"bh_work eoi",
	};
	static struct line table[MAX_LINES];
	long long latched[6] = { };
	char sort[40];
	int n, i, j;

	if (strcmp(variant->delivery, "hardirq"))
		SKIP(return, "the same for all variants: see churn.hardirq.chips");
	ASSERT_EQ(0, load_module(TORTURE,
				 "chips=6 lines=8 delivery=mixed stutter=0 stat_interval=0"));
	CHECK(wait_count("latched", 10000), "10000 interrupts did not get fired");
	ASSERT_EQ(-EEXIST, load_module(TORTURE, ""));
	ASSERT_EQ(0, torture_stop());
	check_account(_metadata);
	n = torture_lines(table, MAX_LINES);
	ASSERT_EQ(48, n);
	for (i = 0; i < n; i++)
		latched[table[i].chip] += table[i].latched;
	for (i = 0; i < 6; i++)
		CHECK(latched[i], "chip %d had no interrupts", i);
	for (j = 0; j < ARRAY_SIZE(sorts); j++) {
		for (i = 0; i < n; i++) {
			snprintf(sort, sizeof(sort), "%s %s", table[i].delivery, table[i].kind);
			if (!strcmp(sort, sorts[j]) && table[i].latched)
				break;
		}
		CHECK(i < n, "no interrupts on a chip with %s", sorts[j]);
	}
	check_end(_metadata, self->kmsg);
}

#define IRQ_DEBUG	"/sys/kernel/debug/irq"

/* Has the kernel logged a problem? */
static bool kmsg_trouble(int fd, char *buf, size_t size)
{
	static const char * const words[] = {
		"BUG: ", "Oops", "WARNING: ", "general protection", "KASAN: ", "KCSAN: ",
		"INFO: ",
	};
	char text[1024];
	int i;

	while (kmsg_find(fd, "", text, sizeof(text))) {
		for (i = 0; i < ARRAY_SIZE(words); i++) {
			if (strstr(text, words[i])) {
				snprintf(buf, size, "%s", text);
				return true;
			}
		}
	}
	return false;
}

/* Parse the account of a line in the debugfs file of its interrupt; false if there is none. */
static bool irq_file_account(const char *text, long long *latched, long long *merged,
			     long long *dropped, long long *waiting)
{
	const char *p = text ? strstr(text, " latched: ") : NULL;
	long long kept;

	return p && sscanf(p, " latched: %lld kept: %lld merged: %lld dropped: %lld waiting: %lld",
			   latched, &kept, merged, dropped, waiting) == 5;
}

/* The debugfs file of an interrupt shows the line and, with ENDED, the same account. */
static void check_irq_file(struct __test_metadata *_metadata, const struct line *l, bool ended)
{
	long long latched, merged, dropped, waiting;
	char path[80], domain[64], *text;
	bool permanent = !strcmp(l->sort, "permanent");

	snprintf(path, sizeof(path), IRQ_DEBUG "/irqs/%u", l->virq);
	text = slurp(path);
	/* A line which is not permanent may be unmapped just now, its number reused */
	if (!permanent && (!text || !strstr(text, "irq_sim"))) {
		free(text);
		return;
	}
	ASSERT_TRUE(!!text) {
		TH_LOG("%s cannot be read", path);
	}
	snprintf(domain, sizeof(domain), "hwirq:   0x%x\n", l->hwirq);
	CHECK(strstr(text, "chip:    irq_sim") && strstr(text, " line:"),
	      "%s does not tell of a line of the simulator: %s", path, text);
	if (permanent)
		CHECK(strstr(text, domain) && strstr(text, " line: started"),
		      "%s does not tell of line %u, which is started: %s", path, l->hwirq, text);
	CHECK(irq_file_account(text, &latched, &merged, &dropped, &waiting),
	      "%s has no account: %s", path, text);
	if (permanent && ended && !is_level(l))
		CHECK(latched == l->latched && merged == l->merged && dropped == l->dropped &&
		      !waiting,
		      "%s: latched %lld, merged %lld, dropped %lld, waiting %lld; the module: %lld, %lld, %lld",
		      path, latched, merged, dropped, waiting, l->latched, l->merged, l->dropped);
	free(text);
}

/* Read the files of all domains. Returns the number of simulated chips among them. */
static int read_domains(void)
{
	DIR *dir = opendir(IRQ_DEBUG "/domains");
	struct dirent *entry;
	char path[400], *text;
	int chips = 0;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), IRQ_DEBUG "/domains/%s", entry->d_name);
		text = slurp(path);
		if (text && strstr(text, "kind: ") && strstr(text, "delivery: ") &&
		    strstr(text, " served: "))
			chips++;
		free(text);
	}
	if (dir)
		closedir(dir);
	return chips;
}

/*
 * Read the debugfs files of all lines and chips all the time, while lines are
 * fired, masked, freed and remapped. In the end, debugfs shows the same account
 * as the module.
 */
TEST_F_TIMEOUT(churn, debugfs, 180)
{
	int chips, without = read_domains(), kmsg = kmsg_open(), n, i, round, most = 0;
	static struct line table[MAX_LINES];
	char said[1024];

	if (access(IRQ_DEBUG "/irqs", F_OK))
		SKIP(return, "no " IRQ_DEBUG ": CONFIG_GENERIC_IRQ_DEBUGFS=y");
	ASSERT_EQ(0, load(variant->delivery, "chips=6 churners=2"));
	for (round = 0; round < 20; round++) {
		n = torture_lines(table, MAX_LINES);
		ASSERT_EQ(48, n);
		for (i = 0; i < n; i++)
			check_irq_file(_metadata, &table[i], false);
		chips = read_domains() - without;
		if (chips > most)
			most = chips;
	}
	CHECK(most == 6, "%d of 6 chips have a file in " IRQ_DEBUG "/domains", most);
	CHECK(wait_count("latched", 2000), "2000 interrupts did not get fired");
	ASSERT_EQ(0, torture_stop());
	check_account(_metadata);
	n = torture_lines(table, MAX_LINES);
	for (i = 0; i < n; i++)
		check_irq_file(_metadata, &table[i], true);
	check_end(_metadata, self->kmsg);
	CHECK(!kmsg_trouble(kmsg, said, sizeof(said)), "the kernel said: %s", said);
	close(kmsg);
}

/*
 * Two modules, each with its own chips: the samples of the sample driver and the
 * lines of the torture test have separate accounts.
 */
TEST_F_TIMEOUT(churn, two_modules, 120)
{
	static const char sample[] = "irq_sim_sample";
	const char *dir = "/sys/kernel/debug/irq_sim_sample";
	char path[80], *text, *file;
	int ret;

	if (!module_exists(sample))
		SKIP(return, "no module %s: CONFIG_SAMPLE_IRQ_SIM=m", sample);
	ret = load_module(sample, "");
	ASSERT_TRUE(!ret || ret == -EEXIST);
	ret = load(variant->delivery, "chips=2");
	if (!ret) {
		snprintf(path, sizeof(path), "%s/fire", dir);
		CHECK(!put(path, "1000"), "the sample driver does not fire");
		CHECK(wait_count("latched", 5000), "5000 interrupts did not get fired");
		torture_stop();
	}
	snprintf(path, sizeof(path), "%s/stats", dir);
	text = slurp(path);
	if (!access(IRQ_DEBUG "/irqs", F_OK)) {
		snprintf(path, sizeof(path), IRQ_DEBUG "/irqs/%lld", value(text, "irq"));
		file = slurp(path);
		CHECK(file && strstr(file, " line: started"),
		      "%s does not tell of the sample driver's line: %s", path, file ?: "");
		free(file);
	}
	unload_module(sample);
	ASSERT_EQ(0, ret);
	ASSERT_TRUE(!!text);
	CHECK(value(text, "lost") == 0 && value(text, "fired") >= 1000,
	      "the sample driver: %s", text);
	free(text);
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
}

static void burn(u64 ns)
{
	u64 until = now_ns() + ns;

	while (now_ns() < until)
		;
}

/* The steal time of a CPU of a virtual machine, in ns. */
static u64 cpu_stolen(int cpu)
{
	char name[16], *text = slurp("/proc/stat"), *line;
	u64 ticks = 0;

	snprintf(name, sizeof(name), "cpu%d ", cpu);
	line = text ? strstr(text, name) : NULL;
	if (line)
		sscanf(line + strlen(name), "%*u %*u %*u %*u %*u %*u %*u %llu", &ticks);
	free(text);
	return ticks * (1000000000ULL / sysconf(_SC_CLK_TCK));
}

/*
 * CPU time of the task and ksoftirqd. The limit holds only in the long run: a task may
 * exceed it, as the machine may stall while it runs, and gets less afterwards.
 */
#define LIMITED_NS	5000000000ULL

/*
 * A task limited to 20 ms of each 100 ms shares the CPU with a flood, and keeps to
 * its limit. The test allows 30%, for interrupts charged to the task and because
 * the limit is enforced at a tick. ksoftirqd is not in the limited group and gets
 * the rest; the test asks only for more than half of the CPU.
 */
TEST_F_TIMEOUT(churn, cgroup, 120)
{
	const char *root = "/sys/fs/cgroup";
	u64 from, exec0, k_exec0, exec, k_exec, begin, wall, stolen0, stolen;
	struct patience patience = { };
	char path[128], settings[256];
	pid_t pid, ksoftirqd;
	struct statfs fs;
	int ret;

	if (!strcmp(variant->delivery, "hardirq"))
		SKIP(return, "no flood in hard interrupt context");
	if (!self->two)
		SKIP(return, "needs two CPUs");
	if (statfs(root, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC) {
		if (mount("none", root, "cgroup2", 0, NULL))
			SKIP(return, "needs cgroup2 on %s", root);
	}
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", root);
	if (put(path, "+cpu"))
		SKIP(return, "no cpu controller: CONFIG_CFS_BANDWIDTH=y");
	snprintf(self->cgroup, sizeof(self->cgroup), "%s/irq_sim_%d", root, getpid());
	ASSERT_EQ(0, mkdir(self->cgroup, 0700));
	snprintf(path, sizeof(path), "%s/cpu.max", self->cgroup);
	ret = put(path, "20000 100000");
	if (ret)
		SKIP(return, "no limits of CPU time: CONFIG_CFS_BANDWIDTH=y");
	ksoftirqd = find_task("ksoftirqd/%d", self->cpu);

	snprintf(settings, sizeof(settings),
		 "chips=1 lines=1 cpu=%d trigger=edge refire=100 resched=0 consumer=none no_thread=1 firers=0 timer_us=0 maskers=0 shufflers=0 churners=0",
		 self->cpu);
	ASSERT_EQ(0, load(variant->delivery, settings));
	pid = fork();
	if (!pid) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", self->cgroup);
		if (put(path, "0") || pin_to(self->cpu))
			_exit(1);
		/* Longer than all waits below */
		burn(3 * PATIENCE_NS);
		_exit(0);
	}
	CHECK(wait_count("runs", 1000), "the flood does not run");
	from = now_ns();
	exec0 = task_ns(pid);
	k_exec0 = task_ns(ksoftirqd);
	stolen0 = cpu_stolen(self->cpu);
	/*
	 * If the machine stalls, the task that is running is charged, and gets less afterwards.
	 * If it stalls between the reads of the clocks, they do not go together: read again.
	 */
	do {
		take_a_break();
		begin = now_ns();
		exec = task_ns(pid) - exec0;
		k_exec = task_ns(ksoftirqd) - k_exec0;
		stolen = cpu_stolen(self->cpu) - stolen0;
		wall = now_ns() - from;
	} while ((exec + k_exec < LIMITED_NS || from + wall - begin > 100000000 ||
		  exec * 10 >= wall * 3 || k_exec * 2 + stolen <= wall) && !gave_up(&patience));
	kill(pid, SIGKILL);
	waitpid(pid, &ret, 0);
	ASSERT_EQ(0, torture_stop());
	TH_LOG("of %llu ms on CPU %d: limited task %llu ms, ksoftirqd %llu ms, host %llu ms",
	       wall / 1000000, self->cpu,
	       exec / 1000000, k_exec / 1000000, stolen / 1000000);
	CHECK(exec > 0 && exec * 10 < wall * 3,
	      "a task limited to 20%% of CPU %d had %llu of %llu ms",
	      self->cpu, exec / 1000000, wall / 1000000);
	CHECK(k_exec * 2 + stolen > wall,
	      "ksoftirqd/%d had %llu of %llu ms beside a task limited to 20%%, the host %llu ms",
	      self->cpu, k_exec / 1000000, wall / 1000000, stolen / 1000000);
	check_account(_metadata);
	check_end(_metadata, self->kmsg);
}

TEST_HARNESS_MAIN
