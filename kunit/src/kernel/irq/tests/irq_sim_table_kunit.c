// SPDX-License-Identifier: GPL-2.0
/*
 * Check that the table of irq_sim_table.def is complete, and that in each state a line responds
 * to each operation as the table says.
 */

#include <linux/hardirq.h>

#include "irq_sim_kunit.h"

enum table_dim {
	T_KIND, T_TYPE, T_OWNER, T_MASK, T_ABLE, T_EVENT, T_WIRE, T_HOLD, T_THREAD, T_DIMS
};

/* Wire letters whose level depends on the type */
#define T_ASSERTED	2
#define T_NOT_ASSERTED	3

static const char * const table_letters[T_DIMS] = {
	"AEP", "NRFBHL", "UNS", "och", "ed", "-lkb", "01an", "-qix", "-t",
};

static const unsigned int table_size[T_DIMS] = { 3, 6, 3, 3, 2, 4, 2, 4, 2 };

enum table_op {
	OP_FIRE, OP_UP, OP_DOWN, OP_ASSERT, OP_LOWER, OP_MASK, OP_UNMASK, OP_DISABLE, OP_ENABLE,
	OP_STARTUP, OP_SHUTDOWN, OP_SET_TYPE, OP_AFFINITY, OP_CPU_DOWN, OP_WAKE, OP_INJECT,
	OP_SYNC, OP_FREE, OP_RELEASE,
	OPS, OP_NONE = OPS
};

static const char * const table_op_name[OPS] = {
	[OP_FIRE] = "FIRE", [OP_UP] = "UP", [OP_DOWN] = "DOWN", [OP_ASSERT] = "ASSERT",
	[OP_LOWER] = "LOWER", [OP_MASK] = "MASK", [OP_UNMASK] = "UNMASK",
	[OP_DISABLE] = "DISABLE", [OP_ENABLE] = "ENABLE", [OP_STARTUP] = "STARTUP",
	[OP_SHUTDOWN] = "SHUTDOWN", [OP_SET_TYPE] = "SET_TYPE", [OP_AFFINITY] = "AFFINITY",
	[OP_CPU_DOWN] = "CPU_DOWN", [OP_WAKE] = "WAKE", [OP_INJECT] = "INJECT",
	[OP_SYNC] = "SYNC", [OP_FREE] = "FREE", [OP_RELEASE] = "RELEASE",
};

enum table_what { T_CANNOT, T_APART, T_RULE, T_LIKE, T_NOT };

#define SAME	INT_MAX

/**
 * struct table_rule - a line of the table
 * @what:	kind of line the rule is about
 * @op:		the operation, OP_NONE if it is about the state
 * @state:	pattern of the states it applies to
 * @value:	what the operation returns
 * @runs:	runs of the handler
 * @result:	owner, mask, able, event and wire after the operation
 * @like:	the operation which behaves the same
 * @why:	the reason
 */
struct table_rule {
	enum table_what	what;
	enum table_op	op;
	const char	*state[T_DIMS];
	int		value;
	int		runs;
	const char	*result[5];
	enum table_op	like;
	const char	*why;
};

#define CANNOT(k, t, o, m, a, e, w, h, th, _why)				\
	{ .what = T_CANNOT, .op = OP_NONE, .state = { k, t, o, m, a, e, w, h, th }, .why = _why },
#define APART(k, t, o, m, a, e, w, h, th, _why)					\
	{ .what = T_APART, .op = OP_NONE, .state = { k, t, o, m, a, e, w, h, th }, .why = _why },
#define RULE(_op, k, t, o, m, a, e, w, h, th, _value, _runs, ro, rm, ra, re, rw, _why)	\
	{ .what = T_RULE, .op = OP_##_op, .state = { k, t, o, m, a, e, w, h, th },	\
	  .value = _value, .runs = _runs, .result = { ro, rm, ra, re, rw }, .why = _why },
#define LIKE(_op, k, t, o, m, a, e, w, h, th, _like, _value, rw, _why)		\
	{ .what = T_LIKE, .op = OP_##_op, .state = { k, t, o, m, a, e, w, h, th },	\
	  .like = OP_##_like, .value = _value, .result = { "=", "=", "=", "=", rw },	\
	  .why = _why },
#define NOT(_op, k, t, o, m, a, e, w, h, th, _why)				\
	{ .what = T_NOT, .op = OP_##_op, .state = { k, t, o, m, a, e, w, h, th }, .why = _why },

static const struct table_rule table_rules[] = {
#include "irq_sim_table.def"
};

/* The patterns as bits, and how often each rule of the table was used */
static u8 table_bits[ARRAY_SIZE(table_rules)][T_DIMS];
static unsigned int table_used[ARRAY_SIZE(table_rules)];

/* A state: for each dimension, the index of its letter. */
struct table_state {
	u8	at[T_DIMS];
};

static char table_letter(const struct table_state *s, enum table_dim dim)
{
	return table_letters[dim][s->at[dim]];
}

static bool table_is(const struct table_state *s, enum table_dim dim, const char *letters)
{
	return strchr(letters, table_letter(s, dim));
}

static void table_set(struct table_state *s, enum table_dim dim, char letter)
{
	s->at[dim] = strchr(table_letters[dim], letter) - table_letters[dim];
}

static bool table_asserted(const struct table_state *s)
{
	return table_is(s, T_TYPE, s->at[T_WIRE] ? "H" : "L");
}

static bool table_level(const struct table_state *s)
{
	return table_is(s, T_TYPE, "HL");
}

static void table_prepare(void)
{
	for (int i = 0; i < ARRAY_SIZE(table_rules); i++) {
		table_used[i] = 0;
		for (int dim = 0; dim < T_DIMS; dim++) {
			const char *pattern = table_rules[i].state[dim];
			u8 bits = *pattern == '*' ? U8_MAX : 0;

			for (int at = 0; table_letters[dim][at]; at++)
				if (strchr(pattern, table_letters[dim][at]))
					bits |= BIT(at);
			table_bits[i][dim] = bits;
		}
	}
}

static bool table_matches(int rule, const struct table_state *s)
{
	int level = BIT(table_asserted(s) ? T_ASSERTED : T_NOT_ASSERTED);

	for (int dim = 0; dim < T_DIMS; dim++) {
		int bits = BIT(s->at[dim]) | (dim == T_WIRE ? level : 0);

		if (!(table_bits[rule][dim] & bits))
			return false;
	}
	return true;
}

/* The next rule for an operation, OP_NONE for rules about states. */
static int table_next(int rule, enum table_op op, const struct table_state *s)
{
	while (++rule < ARRAY_SIZE(table_rules))
		if (table_rules[rule].op == op && table_matches(rule, s))
			return rule;
	return -1;
}

/* The rule by which a line is never in this state, or not brought there, or -1. */
static int table_bar(const struct table_state *s)
{
	return table_next(-1, OP_NONE, s);
}

/* Some operations have different names for a level and for an edge */
static bool table_has(enum table_op op, const struct table_state *s)
{
	if (op == OP_UP || op == OP_DOWN)
		return !table_level(s);
	if (op == OP_ASSERT || op == OP_LOWER)
		return table_level(s);
	return true;
}

/**
 * struct table_cell - expected outcome of an operation
 * @rule:	the rule it comes from
 * @value:	what it returns
 * @latches:	1 if it makes a latch
 * @runs:	runs of the handler
 * @after:	the state after it
 */
struct table_cell {
	const struct table_rule	*rule;
	int			value;
	int			latches;
	int			runs;
	struct table_state	after;
};

static const char table_opposite[] = { 'N', 'F', 'R', 'B', 'L', 'H' };

/* Returns the number of rules for the cell. */
static int table_find(enum table_op op, const struct table_state *s, struct table_cell *cell)
{
	int first = table_next(-1, op, s), found = first < 0 ? -1 : first, count = 0;
	static const enum table_dim dims[] = { T_OWNER, T_MASK, T_ABLE, T_EVENT, T_WIRE };
	const struct table_rule *rule, *like;

	for (; found >= 0; found = table_next(found, op, s))
		count++;
	if (count != 1)
		return count;

	table_used[first]++;
	rule = &table_rules[first];
	like = rule;
	if (rule->what == T_LIKE) {
		found = table_next(-1, rule->like, s);
		if (found < 0 || table_next(found, rule->like, s) >= 0)
			return 0;
		table_used[found]++;
		like = &table_rules[found];
	}
	cell->rule = rule;
	if (rule->what == T_NOT)
		return 1;

	cell->value = rule->value == SAME ? like->value : rule->value;
	cell->latches = like->op == OP_FIRE && like->value == 1;
	cell->runs = like->runs;
	cell->after = *s;
	if (op == OP_SET_TYPE && !table_is(s, T_KIND, "P"))
		table_set(&cell->after, T_TYPE, table_opposite[s->at[T_TYPE]]);
	if (op == OP_FREE)
		table_set(&cell->after, T_TYPE, 'R');
	if (op == OP_RELEASE) {
		table_set(&cell->after, T_HOLD, '-');
		table_set(&cell->after, T_THREAD, '-');
	}
	for (int i = 0; i < ARRAY_SIZE(dims); i++) {
		char letter = *like->result[i];

		if (dims[i] == T_WIRE && *rule->result[i] != '=')
			letter = *rule->result[i];
		if (letter == 'f' || (letter == 'n' && table_asserted(&cell->after)))
			cell->after.at[T_WIRE] ^= 1;
		else if (letter != '=' && letter != 'n')
			table_set(&cell->after, dims[i], letter);
	}
	return 1;
}

/* Advance to the next state in the order of the table, false at its end. */
static bool table_step(struct table_state *s, enum table_dim first)
{
	for (int dim = T_DIMS - 1; dim >= (int)first; dim--) {
		if (++s->at[dim] < table_size[dim])
			return true;
		s->at[dim] = 0;
	}
	return false;
}

struct table_text {
	char	text[64];
};

static struct table_text table_print(const struct table_state *s)
{
	struct table_text t;

	snprintf(t.text, sizeof(t.text), "%c %c %c %c %c %c %c%s %c %c",
		 table_letter(s, T_KIND), table_letter(s, T_TYPE), table_letter(s, T_OWNER),
		 table_letter(s, T_MASK), table_letter(s, T_ABLE), table_letter(s, T_EVENT),
		 table_letter(s, T_WIRE), table_asserted(s) ? "a" : "",
		 table_letter(s, T_HOLD), table_letter(s, T_THREAD));
	return t;
}

/* Each cell has one result, which is a possible state, and each rule applies to a cell. */
static void table_complete(struct kunit *test)
{
	unsigned int all = 0, rules[5] = {};
	struct table_state s = {};
	u8 kind = 0;

	table_prepare();
	for (int i = 0; i < ARRAY_SIZE(table_rules); i++)
		rules[table_rules[i].what]++;
	kunit_info(test, "%u rules with a result, %u without, %u and %u about states\n",
		   rules[T_RULE] + rules[T_LIKE], rules[T_NOT], rules[T_CANNOT], rules[T_APART]);

	do {
		unsigned int states = 0, barred = 0, apart = 0, can = 0, cells = 0, nots = 0;

		do {
			int bar = table_bar(&s);

			states++;
			if (bar >= 0) {
				table_used[bar]++;
				if (table_rules[bar].what == T_APART)
					apart++;
				else
					barred++;
				continue;
			}
			can++;
			for (int op = 0; op < OPS; op++) {
				struct table_cell cell;
				int found;

				if (!table_has(op, &s))
					continue;
				cells++;
				found = table_find(op, &s, &cell);
				if (found != 1) {
					KUNIT_FAIL(test, "%s in %s: %d rules", table_op_name[op],
						   table_print(&s).text, found);
					continue;
				}
				if (cell.rule->what == T_NOT) {
					nots++;
					continue;
				}
				bar = table_bar(&cell.after);
				if (bar >= 0)
					KUNIT_FAIL(test, "%s in %s gets to %s: %s",
						   table_op_name[op], table_print(&s).text,
						   table_print(&cell.after).text,
						   table_rules[bar].why);
			}
		} while (table_step(&s, T_TYPE));
		kunit_info(test,
			   "%c: %u states, %u cannot be, %u apart, %u can be; %u cells, %u without a result\n",
			   table_letters[T_KIND][kind], states, barred, apart, can, cells, nots);
		all += cells;
		s = (struct table_state){ .at[T_KIND] = ++kind };
	} while (kind < table_size[T_KIND]);
	kunit_info(test, "%u cells with each delivery, %zu in all\n", all,
		   all * ARRAY_SIZE(sim_deliveries));

	for (int i = 0; i < ARRAY_SIZE(table_rules); i++)
		KUNIT_EXPECT_GT_MSG(test, table_used[i], 0, "%s: matches nothing",
				    table_rules[i].why);
}

/*
 * The walk
 */

static const struct sim_kind_param table_params[] = {
	SIM_KIND_PARAM(HARDIRQ, ACK, 0, "ack hardirq"),
	SIM_KIND_PARAM(TASKLET, ACK, 0, "ack tasklet"),
	SIM_KIND_PARAM(BH_WORK, ACK, 0, "ack bh_work"),
	SIM_KIND_PARAM(HARDIRQ, EOI, 0, "eoi hardirq"),
	SIM_KIND_PARAM(TASKLET, EOI, 0, "eoi tasklet"),
	SIM_KIND_PARAM(BH_WORK, EOI, 0, "eoi bh_work"),
	SIM_KIND_PARAM(HARDIRQ, PERCPU, 0, "percpu hardirq"),
	SIM_KIND_PARAM(TASKLET, PERCPU, 0, "percpu tasklet"),
	SIM_KIND_PARAM(BH_WORK, PERCPU, 0, "percpu bh_work"),
};

KUNIT_ARRAY_PARAM_DESC(table, table_params, sim.name);
KUNIT_ARRAY_PARAM_DESC(table_down, sim_kind_params, sim.name);

/* Roles of the lines of a walk */
enum table_role { T_STARTED, T_THREADED, T_NO_AUTOEN, T_UNOWNED, T_ROLES };

#define TABLE_FAILURES	20
#define TABLE_LINES	1024

struct table_walk;

/**
 * struct table_line - a line on the walk
 * @walk:	the walk
 * @role:	its role
 * @hwirq:	number of the line in the chip
 * @virq:	Linux number of the line
 * @s:		current state, or the state to be reached
 * @op:		the operation under test
 * @cell:	expected outcome of @op
 * @type:	trigger type, as a letter of the table
 * @begun:	runs of the handler which have started
 * @wake:	the next run wakes the thread
 * @hold:	the next run is held
 * @entered:	the held run has started
 * @go:		lets the held run finish
 * @end:	lets the CPU of the held run continue with other work
 * @thread_in:	the thread has started
 * @thread_go:	lets the thread finish
 * @cpu:	CPU of the last handler run since the operation
 * @base:	@begun before the operation, updated after it
 * @runs:	handler runs caused by the operation
 * @value:	what the operation returned
 * @latches:	latches made in this cell
 * @elsewhere:	work which keeps the handler in progress on another CPU
 */
struct table_line {
	struct table_walk	*walk;
	enum table_role		role;
	unsigned int		hwirq;
	unsigned int		virq;
	struct table_state	s;
	enum table_op		op;
	struct table_cell	cell;
	char			type;
	atomic_t		begun;
	bool			wake;
	bool			hold;
	atomic_t		entered;
	atomic_t		go;
	atomic_t		end;
	atomic_t		thread_in;
	struct completion	thread_go;
	int			cpu;
	int			base;
	int			runs;
	int			value;
	int			latches;
	struct work_struct	elsewhere;
};

/**
 * struct table_walk - a walk through the table
 * @test:	the test
 * @domain:	the chip
 * @delivery:	of the chip
 * @line:	one for each role
 * @lines:	one for each state, for the test which takes the CPU down
 * @num_lines:	number of @lines
 * @cells:	cells walked
 * @here:	cells left out for lack of support by the machine
 * @failures:	failures so far
 */
struct table_walk {
	struct kunit		*test;
	struct irq_domain	*domain;
	enum irq_sim_delivery	delivery;
	struct table_line	line[T_ROLES];
	struct table_line	*lines;
	int			num_lines;
	unsigned int		cells;
	unsigned int		here;
	unsigned int		failures;
};

/* The cookie of a per-CPU handler does not identify the line */
static struct table_walk *table_walk;
static DEFINE_PER_CPU(int, table_cookie);

static bool table_percpu(struct table_line *line)
{
	return table_is(&line->s, T_KIND, "P");
}

static int table_irq_type(char type)
{
	static const int types[] = {
		IRQ_TYPE_NONE, IRQ_TYPE_EDGE_RISING, IRQ_TYPE_EDGE_FALLING,
		IRQ_TYPE_EDGE_BOTH, IRQ_TYPE_LEVEL_HIGH, IRQ_TYPE_LEVEL_LOW,
	};

	return types[strchr(table_letters[T_TYPE], type) - table_letters[T_TYPE]];
}

static int table_wire(struct table_line *line, bool high)
{
	return irq_sim_set_line(line->walk->domain, line->hwirq, high);
}

static int table_fire(struct table_line *line)
{
	int ret = irq_sim_fire(line->walk->domain, line->hwirq);

	line->latches += ret == 1;
	return ret;
}

static void table_hand_mask(struct table_line *line, bool on)
{
	irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, on);
}

static bool table_get(struct table_line *line, enum irqchip_irq_state which)
{
	bool state = false;

	return !irq_get_irqchip_state(line->virq, which, &state) && state;
}

/*
 * Where the architecture has no interrupt for irq_work, it waits for the tick. Many cells would
 * wait for many ticks, so emulate the interrupt.
 */
static void table_irq_work(struct table_walk *walk)
{
	unsigned long flags;

	if (walk->delivery != IRQ_SIM_DELIVER_HARDIRQ || arch_irq_work_has_interrupt())
		return;
	local_irq_save(flags);
	__irq_enter_raw();
	/* A line which fires again takes another turn: the held run, the next one, and a spare */
	for (int i = 0; i < 3; i++)
		irq_work_run();
	__irq_exit_raw();
	local_irq_restore(flags);
}

/* Deliver everything queued on this CPU. */
static void table_deliver(struct table_walk *walk)
{
	table_irq_work(walk);
	local_bh_disable();
	local_bh_enable();
}

/* Wait until the chip is at rest. Nothing is in progress elsewhere. */
static void table_settle(struct table_walk *walk)
{
	table_deliver(walk);
	irq_sim_synchronize(walk->domain);
}

static void table_at(struct table_line *line);

static irqreturn_t table_run(struct table_line *line)
{
	irqreturn_t ret = IRQ_HANDLED;

	atomic_inc(&line->begun);
	line->cpu = smp_processor_id();
	if (line->wake) {
		line->wake = false;
		ret = IRQ_WAKE_THREAD;
	}
	if (!line->hold) {
		/* The device has been served, and deasserts its level */
		if (line->type == 'H' || line->type == 'L')
			table_wire(line, line->type == 'L');
		return ret;
	}
	line->hold = false;
	if (table_is(&line->s, T_HOLD, "i")) {
		table_at(line);
		return ret;
	}
	atomic_set_release(&line->entered, 1);
	while (!atomic_read_acquire(&line->go))
		cpu_relax();
	return ret;
}

static irqreturn_t table_handler(int irq, void *data)
{
	return table_run(data);
}

static irqreturn_t table_percpu_handler(int irq, void *data)
{
	for (int i = 0; i < T_ROLES; i++)
		if (table_walk->line[i].virq == irq)
			return table_run(&table_walk->line[i]);
	return IRQ_NONE;
}

static irqreturn_t table_thread(int irq, void *data)
{
	struct table_line *line = data;

	atomic_set_release(&line->thread_in, 1);
	wait_for_completion(&line->thread_go);
	return IRQ_HANDLED;
}

/*
 * Runs on another CPU: fire, and stay until the cell is done. Until the handler may finish,
 * nobody may wait for anything that needs that CPU, be it a new thread or a grace period.
 */
static void table_elsewhere(struct work_struct *work)
{
	struct table_line *line = container_of(work, struct table_line, elsewhere);

	irq_sim_fire(line->walk->domain, line->hwirq);
	do {
		table_irq_work(line->walk);
		cond_resched();
	} while (!atomic_read_acquire(&line->end));
}

/* Returns the name of what differs from the expected state, or NULL. */
static const char *table_differs(struct table_line *line, const struct table_state *s, int runs)
{
	struct irq_data *data = irq_get_irq_data(line->virq);
	bool started = table_is(s, T_OWNER, "S"), latched = table_is(s, T_EVENT, "lb");
	bool progress = table_is(s, T_HOLD, "ix"), disabled = table_is(s, T_ABLE, "d");
	struct irq_sim_account account;
	unsigned int depth, waiting;

	if (atomic_read(&line->begun) - line->base != runs)
		return "runs";
	if (table_get(line, IRQCHIP_STATE_MASKED) == table_is(s, T_MASK, "o"))
		return "masked";
	if (table_get(line, IRQCHIP_STATE_PENDING) != (latched || table_asserted(s)))
		return "pending";
	if (table_get(line, IRQCHIP_STATE_LINE_LEVEL) != !!s->at[T_WIRE])
		return "wire";
	if (table_get(line, IRQCHIP_STATE_ACTIVE) != progress)
		return "active";
	if (table_is(s, T_KIND, "P")) {
		if (irq_has_action(line->virq) != started)
			return "owner";
		if (started && irq_percpu_is_enabled(line->virq) == disabled)
			return "enabled";
		return NULL;
	}

	if (irq_has_action(line->virq) == table_is(s, T_OWNER, "U"))
		return "owner";
	if (irqd_is_started(data) != started)
		return "started";
	if (irqd_irq_disabled(data) != disabled)
		return "disabled";
	depth = disabled;
	/* Disabled twice; or shut down, which also counts until the next request */
	if (s == &line->cell.after && table_is(&line->s, T_ABLE, "d"))
		depth += line->op == OP_DISABLE ||
			 (line->op == OP_SHUTDOWN && table_is(&line->s, T_OWNER, "S"));
	if (irq_data_to_desc(data)->depth != depth)
		return "depth";
	if (irqd_irq_masked(data) != table_is(s, T_MASK, "c"))
		return "masked by genirq";
	if (irqd_irq_inprogress(data) != progress)
		return "in progress";
	if (irq_get_trigger_type(line->virq) != table_irq_type(table_letter(s, T_TYPE)))
		return "type";
	if (irq_sim_get_account(line->walk->domain, line->hwirq, &account))
		return "account";
	/* An active event counts until its EOI, which is that of the held run */
	waiting = latched + table_is(s, T_EVENT, "kb") + (progress && table_is(s, T_KIND, "E"));
	if (account.waiting != waiting)
		return "waiting";
	return NULL;
}

static void table_fail(struct table_line *line, const char *when, const char *what, int runs,
		       const struct table_state *want)
{
	struct table_walk *walk = line->walk;
	struct irq_sim_account is = {};

	if (walk->failures++ >= TABLE_FAILURES)
		return;
	irq_sim_get_account(walk->domain, line->hwirq, &is);
	KUNIT_FAIL(walk->test,
		   "%s in %s (%s): %s: %s, not as in %s; %d runs of %d, returned %d of %d, waiting %u",
		   table_op_name[line->op], table_print(&line->s).text, line->cell.rule->why,
		   when, what, table_print(want).text, line->runs, runs, line->value,
		   line->cell.value, is.waiting);
}

/* Determined in a handler, reported by the task */
struct table_verdict {
	const char	*setup;
	const char	*after;
};

static struct table_verdict table_verdict;

static int table_request(struct table_line *line, unsigned long flags, void *dev)
{
	if (table_percpu(line))
		return request_percpu_irq(line->virq, table_percpu_handler, "irq_sim_kunit",
					  (void __percpu *)&table_cookie);
	if (line->role == T_THREADED)
		return request_threaded_irq(line->virq, table_handler, table_thread,
					    flags | IRQF_ONESHOT | IRQF_NO_THREAD,
					    "irq_sim_kunit", dev);
	return request_irq(line->virq, table_handler, flags | IRQF_NO_THREAD, "irq_sim_kunit", dev);
}

static void table_free(struct table_line *line)
{
	if (!irq_has_action(line->virq))
		return;
	if (!table_percpu(line)) {
		free_irq(line->virq, line);
		return;
	}
	if (irq_percpu_is_enabled(line->virq))
		disable_percpu_irq(line->virq);
	free_percpu_irq(line->virq, (void __percpu *)&table_cookie);
}

static void table_map(struct table_line *line)
{
	line->virq = irq_create_mapping(line->walk->domain, line->hwirq);
	if (line->virq)
		irq_set_affinity(line->virq, cpu_online_mask);
	line->type = 'R';
}

static void table_unmap(struct table_line *line)
{
	table_free(line);
	irq_dispose_mapping(line->virq);
}

/* The CPU to which a line is moved */
static int table_other_cpu(void)
{
	int cpu = sim_other_cpu();

	return cpu < nr_cpu_ids ? cpu : raw_smp_processor_id();
}

static int table_do(struct table_line *line)
{
	struct irq_domain *domain = line->walk->domain;
	int ret = 0;

	switch (line->op) {
	case OP_FIRE:
		return table_fire(line);
	case OP_UP:
	case OP_DOWN:
		ret = table_wire(line, line->op == OP_UP);
		line->latches += ret == 1;
		return ret;
	case OP_ASSERT:
	case OP_LOWER:
		return table_wire(line, (line->op == OP_ASSERT) == (line->type == 'H'));
	case OP_MASK:
	case OP_UNMASK:
		return irq_set_irqchip_state(line->virq, IRQCHIP_STATE_MASKED, line->op == OP_MASK);
	case OP_DISABLE:
		if (table_percpu(line))
			disable_percpu_irq(line->virq);
		else
			disable_irq_nosync(line->virq);
		return 0;
	case OP_ENABLE:
		if (table_percpu(line))
			enable_percpu_irq(line->virq, table_irq_type(line->type));
		else
			enable_irq(line->virq);
		return 0;
	case OP_STARTUP:
		/* IRQF_PROBE_SHARED keeps genirq from complaining that there is an owner */
		if (table_is(&line->s, T_OWNER, "U"))
			return table_request(line, IRQF_PROBE_SHARED, line);
		/*
		 * A threaded request first creates a thread, and kthreadd may be waiting for a
		 * held CPU
		 */
		if (!table_percpu(line))
			return request_irq(line->virq, table_handler,
					   IRQF_PROBE_SHARED | IRQF_NO_THREAD, "irq_sim_kunit",
					   line->walk);
		return table_request(line, IRQF_PROBE_SHARED, line->walk);
	case OP_SHUTDOWN:
		table_free(line);
		return 0;
	case OP_SET_TYPE:
		if (!table_percpu(line))
			line->type = table_opposite[line->s.at[T_TYPE]];
		return irq_set_irq_type(line->virq, table_irq_type(line->type));
	case OP_AFFINITY:
		return irq_set_affinity(line->virq, cpumask_of(table_other_cpu()));
	case OP_WAKE:
		return irq_set_irq_wake(line->virq, 1);
	case OP_INJECT:
		line->latches += line->cell.latches;
#ifdef CONFIG_GENERIC_IRQ_INJECTION
		return irq_inject_interrupt(line->virq);
#else
		ret = irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, true);
		return ret == -ENXIO ? -EINVAL : ret;
#endif
	case OP_SYNC:
		irq_sim_synchronize(domain);
		return 0;
	case OP_FREE:
		table_unmap(line);
		table_map(line);
		return 0;
	default:
		return 0;
	}
}

/* Take an unmasked, enabled line to the mask and the disable depth of the state. */
static void table_mask(struct table_line *line)
{
	const struct table_state *s = &line->s;
	bool disable = table_is(s, T_ABLE, "d"), keep = table_is(s, T_EVENT, "kb");
	struct irq_data *data = irq_get_irq_data(line->virq);

	if (table_percpu(line)) {
		if (disable)
			disable_percpu_irq(line->virq);
		else if (table_is(s, T_MASK, "h"))
			table_hand_mask(line, true);
		return;
	}

	/* genirq has masked the line for a level handler or for a thread */
	if (irqd_irq_masked(data) && (keep || !table_is(s, T_MASK, "c"))) {
		disable_irq_nosync(line->virq);
		enable_irq(line->virq);
	}
	if (disable) {
		bool unlazy = table_is(s, T_MASK, "c") && !keep && !irqd_irq_masked(data);

		if (unlazy)
			irq_set_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
		disable_irq_nosync(line->virq);
		if (unlazy)
			irq_clear_status_flags(line->virq, IRQ_DISABLE_UNLAZY);
	}
	if (table_is(s, T_MASK, "h"))
		table_hand_mask(line, true);
}

/* Wait until genirq keeps what was fired, and nothing is latched any more. */
static void table_kept(struct table_line *line)
{
	struct sim_patience patience = {};
	struct irq_sim_account is = {};

	do {
		table_deliver(line->walk);
		irq_sim_get_account(line->walk->domain, line->hwirq, &is);
		if (is.waiting && !table_get(line, IRQCHIP_STATE_PENDING))
			return;
		sim_poll();
	} while (!sim_gave_up(&patience));
}

/* Set up what is latched, kept and asserted in the state. */
static void table_event(struct table_line *line)
{
	const struct table_state *s = &line->s;

	if (!table_is(s, T_EVENT, "-"))
		table_fire(line);
	if (table_is(s, T_EVENT, "kb"))
		table_kept(line);
	if (table_is(s, T_EVENT, "kb") && table_is(s, T_HOLD, "x") && table_is(s, T_ABLE, "d")) {
		/* Get a retrigger refused now, so that it does not stand in for the next one */
		enable_irq(line->virq);
		table_kept(line);
		disable_irq_nosync(line->virq);
	}
	if (table_is(s, T_EVENT, "b"))
		table_fire(line);
	if (table_asserted(s))
		table_wire(line, s->at[T_WIRE]);
}

/* Poll until the state is reached, which may be up to another CPU. */
static const char *table_wait(struct table_line *line, const struct table_state *s, int runs)
{
	struct sim_patience patience = {};
	const char *what;

	table_deliver(line->walk);
	while ((what = table_differs(line, s, runs)) && !sim_gave_up(&patience)) {
		table_deliver(line->walk);
		sim_poll();
	}
	return what;
}

/* Bring the line to the state. If a handler is to be held, run this in the handler. */
static void table_reach(struct table_line *line)
{
	const struct table_state *s = &line->s;

	if (table_is(s, T_OWNER, "S")) {
		if (table_is(s, T_HOLD, "q")) {
			table_event(line);
			table_mask(line);
		} else {
			table_mask(line);
			table_event(line);
		}
	} else {
		/* Latch a per-CPU line which was freed; its wire is set already */
		if (table_is(s, T_EVENT, "l"))
			table_fire(line);
	}

	if (table_is(s, T_HOLD, "-"))
		table_settle(line->walk);
	line->base = atomic_read(&line->begun);
	line->cpu = -1;
}

/* Reach the state and perform the operation. */
static void table_at(struct table_line *line)
{
	const struct table_state *s = &line->s;
	bool wait = table_is(s, T_HOLD, "x"), settle = table_is(s, T_HOLD, "-");

	table_reach(line);
	table_verdict.setup = wait ? table_wait(line, s, 0) : table_differs(line, s, 0);

	line->value = table_do(line);
	if (line->op == OP_RELEASE)
		return;
	if (settle)
		table_settle(line->walk);
	table_verdict.after = wait ? table_wait(line, &line->cell.after, line->cell.runs) :
				     table_differs(line, &line->cell.after, line->cell.runs);

	/* Runs from here on belong to the release */
	line->runs = atomic_read(&line->begun) - line->base;
	line->base += line->runs;
	line->cpu = -1;
}

/* Set up a line at rest, with its initial type and wire. */
static void table_begin(struct table_line *line)
{
	struct table_state *s = &line->s;
	char type = table_letter(s, T_TYPE);
	bool wire = s->at[T_WIRE];

	/* A level is asserted later, when the line can respond to it */
	if (table_asserted(s) && table_is(s, T_OWNER, "S"))
		wire = !wire;

	if (table_percpu(line)) {
		if (line->role == T_NO_AUTOEN)
			table_request(line, 0, line);
		if (line->role == T_STARTED || line->role == T_NO_AUTOEN) {
			if (irq_percpu_is_enabled(line->virq))
				disable_percpu_irq(line->virq);
			/* This sets the type, and might start serving what the new type asserts */
			local_irq_disable();
			enable_percpu_irq(line->virq, table_irq_type(type));
			disable_percpu_irq(line->virq);
			local_irq_enable();
			table_settle(line->walk);
		}
		table_wire(line, wire);
		irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, false);
		if (line->role == T_NO_AUTOEN)
			table_free(line);
		if (line->role == T_STARTED)
			enable_percpu_irq(line->virq, table_irq_type(type));
	} else {
		bool started = table_is(s, T_OWNER, "S");

		if (started)
			table_hand_mask(line, true);
		if (line->type != type)
			irq_set_irq_type(line->virq, table_irq_type(type));
		table_wire(line, wire);
		if (started) {
			irq_set_irqchip_state(line->virq, IRQCHIP_STATE_PENDING, false);
			table_hand_mask(line, false);
		}
	}
	line->type = type;
}

/* End everything that holds the line, and report what differs from the rule. */
static void table_release(struct table_line *line, unsigned long flags)
{
	const struct table_state *s = line->op == OP_RELEASE ? &line->s : &line->cell.after;
	struct table_walk *walk = line->walk;
	bool moved = line->op == OP_AFFINITY && line->cell.value == 0;
	struct table_cell end = {};
	const char *what;
	bool early;

	/*
	 * With an EOI, a latch which another CPU takes between the unmask and the retrigger
	 * does not merge, so that there may be one run or two. Deliver everything on this CPU.
	 */
	if (!table_percpu(line) && table_is(s, T_KIND, "E") && table_is(s, T_EVENT, "b")) {
		irq_set_affinity(line->virq, cpumask_of(raw_smp_processor_id()));
		moved = false;
	}
	if (table_is(s, T_HOLD, "q"))
		sim_let_go(walk->test, flags);
	if (table_is(s, T_HOLD, "x"))
		atomic_set_release(&line->go, 1);
	table_settle(walk);
	if (table_is(s, T_THREAD, "t")) {
		complete(&line->thread_go);
		synchronize_irq(line->virq);
		table_settle(walk);
	}
	if (table_is(s, T_OWNER, "S")) {
		/* A disabled line must not run, whatever else has ended */
		early = table_is(s, T_ABLE, "d") && atomic_read(&line->begun) != line->base;
		if (table_percpu(line)) {
			if (!irq_percpu_is_enabled(line->virq))
				enable_percpu_irq(line->virq, table_irq_type(line->type));
		} else {
			while (irqd_irq_disabled(irq_get_irq_data(line->virq)))
				enable_irq(line->virq);
		}
		table_settle(walk);
		/* ... nor must a masked one */
		early |= table_is(s, T_MASK, "h") && !table_percpu(line) &&
			 atomic_read(&line->begun) != line->base;
		if (early)
			table_fail(line, "released", "too early", 0, s);
		if (table_get(line, IRQCHIP_STATE_MASKED)) {
			table_hand_mask(line, false);
			table_settle(walk);
		}
	}
	if (table_is(s, T_HOLD, "x")) {
		atomic_set_release(&line->end, 1);
		flush_work(&line->elsewhere);
	}

	/* A line without an owner was disabled twice: no release rule applies */
	if (!table_is(s, T_OWNER, "S"))
		return;
	if (table_find(OP_RELEASE, s, &end) != 1)
		return;
	what = table_differs(line, &end.after, end.runs);
	line->runs = atomic_read(&line->begun) - line->base;
	if (what)
		table_fail(line, "released", what, end.runs, &end.after);
	else if (moved && end.runs && line->cpu != table_other_cpu())
		table_fail(line, "released", "the CPU", end.runs, &end.after);
}

/* Undo the operation for the next cell. */
static void table_restore(struct table_line *line)
{
	bool asserted = table_asserted(&line->cell.after);
	int begun;

	if (!table_percpu(line))
		irq_set_affinity(line->virq, cpu_online_mask);
	if (line->op == OP_WAKE && !line->value)
		irq_set_irq_wake(line->virq, 0);

	switch (line->role) {
	case T_STARTED:
	case T_THREADED:
		if (irq_has_action(line->virq))
			break;
		/* The next owner must not get events of this one */
		begun = atomic_read(&line->begun);
		table_request(line, 0, line);
		if (table_percpu(line))
			enable_percpu_irq(line->virq, table_irq_type(line->type));
		table_settle(line->walk);
		if (atomic_read(&line->begun) != begun && !asserted)
			table_fail(line, "requested anew", "runs", 0, &line->cell.after);
		break;
	case T_NO_AUTOEN:
		if (table_percpu(line)) {
			table_free(line);
		} else if (line->op == OP_ENABLE || line->op == OP_DISABLE ||
			   line->op == OP_SHUTDOWN || line->op == OP_FREE) {
			table_free(line);
			table_request(line, IRQF_NO_AUTOEN, line);
		}
		break;
	default:
		if (line->op != OP_STARTUP)
			break;
		table_free(line);
		/* A per-CPU line latches from its first request on */
		if (table_percpu(line)) {
			table_unmap(line);
			table_map(line);
		}
	}
}

/* For edges: each latch has had its run, or is accounted for. */
static void table_account(struct table_line *line, const struct irq_sim_account *was, int runs)
{
	unsigned long latched, merged, dropped, want = 0;
	struct irq_sim_account is;

	if (irq_sim_get_account(line->walk->domain, line->hwirq, &is))
		return;
	latched = is.latched - was->latched;
	merged = is.merged - was->merged;
	dropped = is.dropped - was->dropped;
	if (line->op == OP_SHUTDOWN && table_is(&line->s, T_OWNER, "S"))
		want = table_is(&line->s, T_EVENT, "lb") + table_is(&line->s, T_EVENT, "kb");
	if (latched == line->latches && dropped == want &&
	    latched == runs + merged + dropped + is.waiting && !is.waiting)
		return;
	if (line->walk->failures++ >= TABLE_FAILURES)
		return;
	KUNIT_FAIL(line->walk->test,
		   "%s in %s (%s): latched %lu of %d, %d runs, merged %lu, dropped %lu of %lu, waiting %u",
		   table_op_name[line->op], table_print(&line->s).text, line->cell.rule->why,
		   latched, line->latches, runs, merged, dropped, want, is.waiting);
}

/* Walk one cell. */
static void table_cell(struct table_line *line)
{
	const struct table_state *s = &line->s;
	struct table_walk *walk = line->walk;
	struct irq_sim_account was = {};
	unsigned long flags = 0;
	int begun;

	table_begin(line);
	irq_sim_get_account(walk->domain, line->hwirq, &was);
	begun = atomic_read(&line->begun);
	table_verdict = (struct table_verdict){};
	line->latches = 0;

	if (table_is(s, T_THREAD, "t")) {
		atomic_set(&line->thread_in, 0);
		reinit_completion(&line->thread_go);
		line->wake = true;
		table_fire(line);
		table_settle(walk);
		if (!sim_wait(&line->thread_in))
			table_fail(line, "before", "the thread", 0, s);
	}

	switch (table_letter(s, T_HOLD)) {
	case 'q':
		flags = sim_hold_cpu(walk->test);
		table_at(line);
		break;
	case 'i':
		line->hold = true;
		table_fire(line);
		table_settle(walk);
		if (line->hold)
			table_verdict.setup = "in progress";
		break;
	case 'x':
		atomic_set(&line->entered, 0);
		atomic_set(&line->go, 0);
		atomic_set(&line->end, 0);
		line->hold = true;
		/* Count the fire of the other CPU */
		line->latches++;
		schedule_work_on(sim_other_cpu(), &line->elsewhere);
		if (sim_wait(&line->entered))
			table_at(line);
		else
			table_verdict.setup = "in progress elsewhere";
		break;
	default:
		table_at(line);
	}
	table_release(line, flags);
	walk->cells++;

	if (table_verdict.setup)
		table_fail(line, "before", table_verdict.setup, 0, s);
	if (line->op != OP_RELEASE && line->value != line->cell.value)
		table_fail(line, "after", "the value", line->cell.runs, &line->cell.after);
	if (table_verdict.after)
		table_fail(line, "after", table_verdict.after, line->cell.runs, &line->cell.after);
	if (!table_percpu(line) && !table_level(s) && line->op != OP_FREE)
		table_account(line, &was, atomic_read(&line->begun) - begun);
	table_restore(line);
}

static enum table_role table_role_of(const struct table_state *s)
{
	if (table_is(s, T_OWNER, "U"))
		return T_UNOWNED;
	if (table_is(s, T_OWNER, "N"))
		return T_NO_AUTOEN;
	return table_is(s, T_THREAD, "t") ? T_THREADED : T_STARTED;
}

/*
 * Returns false if the cell needs another CPU which is not there, or which runs irq_work only
 * with the next tick, as each cell does so several times.
 */
static bool table_can(enum table_op op, const struct table_state *s)
{
	if (num_online_cpus() < 2)
		return !table_is(s, T_HOLD, "x");
	return arch_irq_work_has_interrupt() || (!table_is(s, T_HOLD, "x") && op != OP_AFFINITY);
}

static void table_walk_all(struct kunit *test)
{
	const struct sim_kind_param *param = test->param_value;
	struct table_walk *walk = test->priv;
	struct table_state s = { .at[T_KIND] = param->kind };
	ktime_t start = ktime_get();

	migrate_disable();
	do {
		struct table_line *line = &walk->line[table_role_of(&s)];

		if (table_bar(&s) >= 0)
			continue;
		for (int op = 0; op < OPS && walk->failures < TABLE_FAILURES; op++) {
			if (!table_has(op, &s) || op == OP_CPU_DOWN)
				continue;
			line->s = s;
			line->op = op;
			if (table_find(op, &s, &line->cell) != 1 ||
			    line->cell.rule->what == T_NOT)
				continue;
			if (!table_can(op, &s)) {
				walk->here++;
				continue;
			}
			if (!IS_ENABLED(CONFIG_SMP) && op == OP_AFFINITY)
				line->cell.value = -EINVAL;
			table_cell(line);
			cond_resched();
		}
	} while (table_step(&s, T_TYPE));
	/* Per-CPU lines are enabled on this CPU, and table_exit() may run on another one */
	for (int i = 0; i < T_ROLES; i++)
		if (table_percpu(&walk->line[i]))
			table_free(&walk->line[i]);
	migrate_enable();

	KUNIT_EXPECT_EQ(test, walk->failures, 0);
	kunit_info(test, "%s: %u cells in %lld ms, %u left out for want of another CPU\n",
		   param->sim.name, walk->cells, ktime_ms_delta(ktime_get(), start), walk->here);
}

static void table_new_line(struct table_walk *walk, struct table_line *line, unsigned int hwirq,
			   enum table_role role)
{
	line->walk = walk;
	line->hwirq = hwirq;
	line->role = role;
	init_completion(&line->thread_go);
	INIT_WORK(&line->elsewhere, table_elsewhere);
	table_map(line);
	KUNIT_ASSERT_NE(walk->test, line->virq, 0);
	if (role == T_UNOWNED || (role == T_THREADED && table_percpu(line)))
		return;
	KUNIT_ASSERT_EQ(walk->test, 0,
			table_request(line, role == T_NO_AUTOEN ? IRQF_NO_AUTOEN : 0, line));
	if (role == T_NO_AUTOEN && table_percpu(line))
		table_free(line);
}

/* The CPU of all lines goes down, with each line in a different state. */
static void table_cpu_down(struct kunit *test)
{
	const struct sim_kind_param *param = test->param_value;
	struct table_walk *walk = test->priv;
	struct table_state s = { .at[T_KIND] = param->kind };
	struct table_line *lines;
	/* The first CPU may not be removable */
	int cpu = cpumask_last(cpu_online_mask), n = 0, ret;

	if (!IS_ENABLED(CONFIG_HOTPLUG_CPU))
		kunit_skip(test, "needs CPU hotplug");
	sim_need_two_cpus(test);
	lines = kunit_kcalloc(test, TABLE_LINES, sizeof(*lines), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, lines);

	do {
		struct table_line *line = &lines[n];

		if (table_bar(&s) >= 0 || table_find(OP_CPU_DOWN, &s, &line->cell) != 1 ||
		    line->cell.rule->what == T_NOT)
			continue;
		KUNIT_ASSERT_LT(test, n + T_ROLES, TABLE_LINES);
		line->s = s;
		line->op = OP_CPU_DOWN;
		table_new_line(walk, line, T_ROLES + n++, table_role_of(&s));
	} while (table_step(&s, T_TYPE));
	walk->lines = lines;
	walk->num_lines = n;

	migrate_disable();
	for (int i = 0; i < n; i++) {
		struct table_line *line = &lines[i];

		table_begin(line);
		if (!table_percpu(line))
			irq_set_affinity(line->virq, cpumask_of(cpu));
		if (table_is(&line->s, T_THREAD, "t")) {
			line->wake = true;
			table_fire(line);
			irq_sim_synchronize(walk->domain);
			if (!sim_wait(&line->thread_in))
				table_fail(line, "before", "the thread", 0, &line->s);
		}
		table_reach(line);
		/* The state on the other CPU takes a while to be reached */
		table_verdict.setup = table_wait(line, &line->s, 0);
		if (table_verdict.setup)
			table_fail(line, "before", table_verdict.setup, 0, &line->s);
	}
	migrate_enable();

	ret = sim_remove_cpu(cpu);
	KUNIT_EXPECT_EQ(test, ret, 0);
	migrate_disable();
	for (int i = 0; i < n; i++) {
		const char *what = table_differs(&lines[i], &lines[i].cell.after, 0);

		if (what)
			table_fail(&lines[i], "after", what, 0, &lines[i].cell.after);
	}
	for (int i = 0; i < n; i++)
		table_release(&lines[i], 0);
	migrate_enable();
	if (!ret)
		KUNIT_EXPECT_EQ(test, sim_add_cpu(cpu), 0);
	KUNIT_EXPECT_EQ(test, walk->failures, 0);
	kunit_info(test, "%s: %d cells\n", param->sim.name, n);
}

static int table_init(struct kunit *test)
{
	const struct sim_kind_param *param = test->param_value;
	struct irq_sim_info info = { .num_irqs = TABLE_LINES };
	struct table_walk *walk;

	if (!param)
		return 0;

	sim_need_numbers(test);
	walk = kunit_kzalloc(test, sizeof(*walk), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, walk);
	table_prepare();
	info.delivery = param->sim.delivery;
	info.kind = param->kind;
	walk->test = test;
	walk->delivery = param->sim.delivery;
	walk->domain = irq_domain_instantiate_sim(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, walk->domain);
	test->priv = walk;
	table_walk = walk;

	for (int i = 0; i < T_ROLES; i++) {
		walk->line[i].s.at[T_KIND] = param->kind;
		table_new_line(walk, &walk->line[i], i, i);
	}
	return 0;
}

static void table_exit(struct kunit *test)
{
	struct table_walk *walk = test->priv;

	if (!walk)
		return;
	for (int i = 0; i < walk->num_lines; i++)
		table_unmap(&walk->lines[i]);
	for (int i = 0; i < T_ROLES; i++)
		if (walk->line[i].virq)
			table_unmap(&walk->line[i]);
	irq_domain_remove_sim(walk->domain);
	table_walk = NULL;
}

static struct kunit_case irq_sim_table_cases[] = {
	KUNIT_CASE(table_complete),
	KUNIT_CASE_PARAM(table_walk_all, table_gen_params),
	KUNIT_CASE_PARAM(table_cpu_down, table_down_gen_params),
	{}
};

struct kunit_suite irq_sim_table_suite = {
	.name = "irq_sim_table",
	.init = table_init,
	.exit = table_exit,
	.test_cases = irq_sim_table_cases,
};
