/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of kernel/irq/sim for spin: one or two edge lines of kind ack, two CPUs, on
 * each a task, the softirq which delivers, and interrupts which nest in both.
 *
 * scripts/model runs it. What it does not have is said there, and what it shows.
 *
 *   OP	what the task on CPU 1 does meanwhile: OP_FIRE, OP_MASK, OP_DISABLE, OP_MOVE,
 *	OP_FREE, OP_SYNC, OP_DOWN
 *   M_name	a mutation, with which something has to go wrong
 *
 * A step is what is atomic in the kernel: a cmpxchg loop ends with one that succeeds on
 * what is there at that time. Stores wait in buffers, one for each variable and CPU, up
 * to the next full barrier of the CPU or any time before, in any order.
 */
#define OP_FIRE		1
#define OP_MASK		2
#define OP_DISABLE	3
#define OP_MOVE		4
#define OP_FREE		5
#define OP_SYNC		6
#define OP_DOWN		7
#ifndef OP
#define OP		OP_FIRE
#endif
#ifndef LINES
#define LINES		1
#endif
#ifndef FIRES
#define FIRES		2
#endif
#define CPUS		2
#define NONE		7
#define MARKER		LINES		/* in a list, behind the lines */

#define TASK		0
#define SOFT		1
#define HARD		2

#define AT(c, l)	((c) * LINES + (l))

/* struct irq_sim_line */
bit started[LINES], masked[LINES], latched[LINES], queued[LINES], kept[LINES];
byte moved[LINES];			/* 1 + epoch */
byte lcpu[LINES] = NONE;
byte affinity[LINES];

/* struct irq_sim_queue: the list as a set */
byte incoming[CPUS], backlog[CPUS];
bit busy[CPUS], raised[CPUS], irq_work[CPUS];
byte serving[CPUS] = NONE;

/* struct irq_sim_chip */
byte moving[2];
bit epoch, merges;
byte keeps, settled;

/* struct irq_desc */
bit locked[LINES], inprogress[LINES], pending[LINES], disabled[LINES];

/* CPUs: what runs, and what is held off */
byte runs_on[CPUS];
bit irqs_off[CPUS], bh_off[CPUS];
bit takes[CPUS] = 1, online[CPUS] = 1;
bit reader[6];				/* in an RCU read side section: CPU * 3 + context */

/* Stores on their way */
bit cpu_b[CPUS * LINES], data_b[CPUS * LINES], serving_b[CPUS], busy_b[CPUS];
byte cpu_v[CPUS * LINES], data_v[CPUS * LINES], serving_v[CPUS];

/* The device: what each CPU has written before it fired, and what handlers have seen */
byte written[CPUS * LINES], data[CPUS * LINES], fired[CPUS * LINES], seen[CPUS * LINES];
bit in_handler[LINES], freed[LINES], marked;
byte latches[LINES], handled[LINES], begun[LINES];
byte ended;

inline commit(c)
{
	i_ = 0;
	do
	:: i_ < LINES ->
		if :: cpu_b[AT(c, i_)] -> lcpu[i_] = cpu_v[AT(c, i_)]; cpu_b[AT(c, i_)] = 0; cpu_v[AT(c, i_)] = 0 :: else fi;
		if :: data_b[AT(c, i_)] -> data[AT(c, i_)] = data_v[AT(c, i_)]; data_b[AT(c, i_)] = 0; data_v[AT(c, i_)] = 0 :: else fi;
		i_++
	:: else -> break
	od;
	if :: serving_b[c] -> serving[c] = serving_v[c]; serving_b[c] = 0; serving_v[c] = 0 :: else fi;
	if :: busy_b[c] -> busy[c] = 1; busy_b[c] = 0 :: else fi;
	i_ = 0
}

/* Any time */
active proctype buffers()
{
	byte c, l;
end:	do
	:: atomic { cpu_b[0] -> lcpu[0] = cpu_v[0]; cpu_b[0] = 0; cpu_v[0] = 0 }
	:: atomic { cpu_b[LINES] -> lcpu[0] = cpu_v[LINES]; cpu_b[LINES] = 0; cpu_v[LINES] = 0 }
	:: atomic { data_b[0] -> data[0] = data_v[0]; data_b[0] = 0; data_v[0] = 0 }
	:: atomic { data_b[LINES] -> data[LINES] = data_v[LINES]; data_b[LINES] = 0; data_v[LINES] = 0 }
#if LINES > 1
	:: atomic { cpu_b[1] -> lcpu[1] = cpu_v[1]; cpu_b[1] = 0; cpu_v[1] = 0 }
	:: atomic { cpu_b[LINES + 1] -> lcpu[1] = cpu_v[LINES + 1]; cpu_b[LINES + 1] = 0; cpu_v[LINES + 1] = 0 }
	:: atomic { data_b[1] -> data[1] = data_v[1]; data_b[1] = 0; data_v[1] = 0 }
	:: atomic { data_b[LINES + 1] -> data[LINES + 1] = data_v[LINES + 1]; data_b[LINES + 1] = 0; data_v[LINES + 1] = 0 }
#endif
	:: atomic { serving_b[0] -> serving[0] = serving_v[0]; serving_b[0] = 0; serving_v[0] = 0 }
	:: atomic { serving_b[1] -> serving[1] = serving_v[1]; serving_b[1] = 0; serving_v[1] = 0 }
	:: atomic { busy_b[0] -> busy[0] = 1; busy_b[0] = 0 }
	:: atomic { busy_b[1] -> busy[1] = 1; busy_b[1] = 0 }
	od
}

#define DELIVERABLE(l)	(started[l] && !masked[l] && latched[l])
#define TARGET(l)	(takes[affinity[l]] -> affinity[l] : 1 - affinity[l])

inline set_cpu(cpu, line, value)
{
	atomic { cpu_b[AT(cpu, line)] = 1; cpu_v[AT(cpu, line)] = value }
}

#define CPU_OF(c, l)	(cpu_b[AT(c, l)] -> cpu_v[AT(c, l)] : lcpu[l])

inline desc_lock(c, l)
{
	atomic { !locked[l] -> locked[l] = 1; commit(c) }
}

inline desc_unlock(c, l)
{
	atomic { commit(c); locked[l] = 0 }
}

/* irq_sim_add_on(), irq_sim_kick(): llist_add() is a full barrier */
inline add_on(c, l, t)
{
	atomic { commit(c); first_ = (incoming[t] == 0); incoming[t] = incoming[t] | (1 << l) };
	if
	:: first_ && t == c && (runs_on[c] != TASK || bh_off[c]) -> raised[c] = 1
	:: first_ && !(t == c && (runs_on[c] != TASK || bh_off[c])) -> irq_work[t] = 1
	:: else
	fi;
	first_ = 0
}

/* The target is looked up first, and may be another one by then */
inline add(c, l)
{
	t_ = TARGET(l);
	add_on(c, l, t_);
	t_ = 0
}

/* irq_sim_fire() behind the write of the device. Whoever calls is in an RCU reader. */
inline fire(c, l, ctx)
{
	atomic {
		written[AT(c, l)]++;
		data_b[AT(c, l)] = 1;
		data_v[AT(c, l)] = written[AT(c, l)];
		new_ = written[AT(c, l)]
	};
	reader[c * 3 + ctx] = 1;
	claimed_ = 0;
	if
	:: atomic { started[l] && !masked[l] && !latched[l] && !queued[l] ->
		commit(c); latched[l] = 1; queued[l] = 1; latches[l]++; claimed_ = 1 }
	:: atomic { else ->
#ifndef M_no_barrier_A
		commit(c)
#endif
		}
		atomic {
			if
			:: !started[l]
			:: started[l] && latched[l] ->
				if :: queued[l] && !merges -> merges = 1 :: else fi
			:: else ->
				commit(c);
				latches[l]++;
				if
				:: queued[l] -> merges = 1
				:: !queued[l] && !masked[l] -> queued[l] = 1; claimed_ = 1
				:: else
				fi;
				latched[l] = 1
			fi
		}
	fi;
	if :: claimed_ -> add(c, l) :: else fi;
	atomic { reader[c * 3 + ctx] = 0; if :: fired[AT(c, l)] < new_ -> fired[AT(c, l)] = new_ :: else fi; new_ = 0; claimed_ = 0 }
}

/* irq_sim_change(): the line becomes deliverable, or not */
inline claim(l)
{
	if :: DELIVERABLE(l) && !queued[l] -> queued[l] = 1; claimed_ = 1 :: else -> claimed_ = 0 fi
}

inline unmask(c, l)
{
	atomic { commit(c); masked[l] = 0; kept[l] = 0; claim(l) };
	if :: claimed_ -> add(c, l) :: else fi;
	claimed_ = 0
}

inline retrigger(c, l)
{
	atomic { commit(c); latched[l] = 1; kept[l] = 0; claim(l) };
	if :: claimed_ -> add(c, l) :: else fi;
	claimed_ = 0
}

/* irq_sim_ack(), irq_sim_ack_rare(): under the lock */
inline ack(c, l)
{
	serving_ = (CPU_OF(c, l) == c);
	if :: serving_ -> set_cpu(c, l, NONE) :: else fi;
	atomic {
#ifndef M_no_barrier_before_ack
		commit(c);
#endif
		if
		:: latched[l] && (disabled[l] || inprogress[l]) ->
			kept[l] = 1;
			if :: inprogress[l] -> keeps++ :: else fi
		:: else
		fi;
		latched[l] = 0;
#ifdef M_claim_given_up_by_all
		queued[l] = 0;
#else
		if :: serving_ -> queued[l] = 0 :: else fi;
#endif
		claim(l)
	};
	if :: claimed_ -> add(c, l) :: else fi;
	serving_ = 0;
	claimed_ = 0
}

/* The handler sees what was written, at its start; it counts at its end */
inline handle(c, l)
{
	atomic {
		assert(!in_handler[l]);		/* never two at once */
		assert(!freed[l]);		/* and none after free_irq() */
		in_handler[l] = 1;
		begun[l]++;
		see0_ = (data_b[AT(c, l)] && c == 0 -> data_v[AT(0, l)] : data[AT(0, l)]);
		see1_ = (data_b[AT(c, l)] && c == 1 -> data_v[AT(1, l)] : data[AT(1, l)])
	};
	atomic {
		seen[AT(0, l)] = see0_;
		seen[AT(1, l)] = see1_;
		handled[l]++;
		assert(handled[l] <= latches[l]);	/* none for nothing */
		in_handler[l] = 0;
		see0_ = 0;
		see1_ = 0
	}
}

/* handle_edge_irq(), as genirq has it */
inline handle_edge(c, l)
{
	desc_lock(c, l);
	if
	:: inprogress[l] || disabled[l] ->
		pending[l] = 1;
		masked[l] = 1;
		ack(c, l)
	:: else ->
		ack(c, l);
		do
		:: true ->
			if
			:: pending[l] && !disabled[l] && masked[l] -> unmask(c, l)
			:: else
			fi;
			atomic { pending[l] = 0; inprogress[l] = 1 };
			desc_unlock(c, l);
			handle(c, l);
			desc_lock(c, l);
			inprogress[l] = 0;
			if :: pending[l] && !disabled[l] :: else -> break fi
		od
	fi;
	desc_unlock(c, l)
}

inline set_out(c, l)
{
	if
	:: moved[l] -> skip
	:: else -> atomic { commit(c); moved[l] = 1 + epoch; moving[epoch]++ }
	fi
}

/* irq_sim_serve(), with interrupts disabled */
inline serve(c, l)
{
	atomic { serving_b[c] = 1; serving_v[c] = l };
	set_cpu(c, l, c);
#ifndef M_no_barrier_B
	atomic { commit(c) };
#endif
	m_ = moved[l];
	do
	:: atomic { DELIVERABLE(l) && TARGET(l) == c -> moved[l] = 0 };
		handle_edge(c, l);
		/* Not acknowledged: it comes again */
		if
		:: CPU_OF(c, l) == c ->
			set_cpu(c, l, NONE);
			atomic { commit(c); queued[l] = 0; claim(l) };
			if :: claimed_ -> add(c, l) :: else fi;
			claimed_ = 0
		:: else
		fi;
		break
	:: atomic { DELIVERABLE(l) && TARGET(l) != c -> m_ = 0 };
#ifndef M_moved_is_not_counted
		set_out(c, l);
#endif
		set_cpu(c, l, NONE);
		add_on(c, l, 1 - c);
		break
	:: atomic { !DELIVERABLE(l) -> skip };
		set_cpu(c, l, NONE);
#ifdef M_gives_up_what_is_deliverable
		atomic { commit(c); queued[l] = 0; moved[l] = 0 };
		break
#else
		if
		:: atomic { !DELIVERABLE(l) -> commit(c); queued[l] = 0; moved[l] = 0 }; break
		:: atomic { DELIVERABLE(l) -> cpu_b[AT(c, l)] = 1; cpu_v[AT(c, l)] = c; commit(c) }
		fi
#endif
	od;
	if :: m_ -> atomic { commit(c); moving[m_ - 1]-- } :: else fi;
	atomic { m_ = 0; commit(c); serving[c] = NONE }
}

/* irq_sim_deliver() */
proctype soft(byte c) provided (online[c] && runs_on[c] != HARD &&
				(runs_on[c] == SOFT || (raised[c] && !bh_off[c] && !irqs_off[c])))
{
	bit first_, claimed_, serving_;
	byte t_, m_, see0_, see1_, i_;

end:	do
	:: atomic { raised[c] && runs_on[c] == TASK -> runs_on[c] = SOFT; raised[c] = 0; busy_b[c] = 1 };
		do
		:: true ->
			/* llist_del_all() */
			atomic {
#ifndef M_take_is_relaxed
				commit(c);
#endif
				backlog[c] = incoming[c];
				incoming[c] = 0
			};
			do
			:: backlog[c] & 1 ->
				atomic { backlog[c] = backlog[c] & 6; irqs_off[c] = 1 };
				serve(c, 0);
				irqs_off[c] = 0
#if LINES > 1
			:: backlog[c] & 2 ->
				atomic { backlog[c] = backlog[c] & 5; irqs_off[c] = 1 };
				serve(c, 1);
				irqs_off[c] = 0
#endif
			:: backlog[c] == (1 << MARKER) -> atomic { backlog[c] = 0; commit(c); marked = 1 }
			:: backlog[c] == 0 -> break
			od;
			/* As long as budget and time last */
			if
			:: incoming[c]
			:: break
			fi
		od;
#ifdef M_idle_before_the_handlers
		skip;
#endif
		atomic { commit(c); busy[c] = 0 };
		if
#ifdef M_does_not_look_again
		:: true
#else
		:: incoming[c] -> raised[c] = 1
		:: else
#endif
		fi;
		runs_on[c] = TASK
	od
}

/* Interrupts, which come at any time and return to what they have interrupted */
proctype hard(byte c; byte left) provided (online[c] && !irqs_off[c])
{
	bit first_, claimed_, new__;
	byte t_, i_, from, new_;

end:	do
	:: atomic { irq_work[c] -> irq_work[c] = 0; raised[c] = 1 }
	:: atomic { left > 0 -> left--; from = runs_on[c]; runs_on[c] = HARD };
		fire(c, 0, HARD);
		atomic { runs_on[c] = from; from = 0 }
	od
}

inline fire_task(c, l)
{
	bh_off[c] = 1;
	fire(c, l, TASK);
	bh_off[c] = 0
}

inline grace_period()
{
	i_ = 0;
	do
	:: i_ < 6 -> !reader[i_]; i_++
	:: else -> break
	od;
	i_ = 0
}

inline flush_cpu(c, d)
{
	idle_ = 0;
	if
	:: incoming[d] == 0 ->
#ifndef M_idle_without_barrier
		atomic { commit(c) };
#endif
		if :: busy[d] == 0 -> idle_ = 1 :: else fi
	:: else
	fi;
	if
	:: !idle_ && online[d] ->
		marked = 0;
		bh_off[c] = 1;
		add_on(c, MARKER, d);
		bh_off[c] = 0;
		marked
	:: else
	fi;
	idle_ = 0
}

inline flush_all(c)
{
	flush_cpu(c, 0);
	flush_cpu(c, 1)
}

#define SETTLED(l)	(begun[l] > target_ || !inprogress[l])

/* irq_sim_synchronize(): what had been fired is handled, and the handler through */
inline synchronize(c)
{
	atomic { need0_ = fired[AT(0, 0)]; need1_ = fired[AT(1, 0)] };
#ifndef M_synchronize_without_grace_period
	if
	:: merges -> merges = 0; grace_period()
	:: else
	fi;
#endif
	flush_all(c);
#ifndef M_synchronize_forgets_the_moved
	do :: moving[1 - epoch] -> flush_all(c) :: else -> break od;
	epoch = 1 - epoch;
	do :: moving[1 - epoch] -> flush_all(c) :: else -> break od;
#endif
#ifndef M_synchronize_does_not_settle
	if
	:: keeps != settled ->
		atomic { settled = keeps; target_ = begun[0] + (kept[0] && !disabled[0] -> 1 : 0) };
		atomic { !locked[0] && SETTLED(0) -> target_ = 0 }
	:: else
	fi;
#endif
	atomic {
		assert(seen[AT(0, 0)] >= need0_ && seen[AT(1, 0)] >= need1_);
		need0_ = 0;
		need1_ = 0
	}
}

proctype task(byte c, op) provided (online[c] && runs_on[c] == TASK)
{
	bit first_, claimed_, idle_;
	byte t_, i_, n, new_, need0_, need1_, target_;

	if
	:: op == OP_FIRE ->
		do
		:: n < FIRES -> fire_task(c, 0); n++
		:: else -> break
		od
#if LINES > 1
		; fire_task(c, 1)
#endif
	:: op == OP_MASK ->
		irqs_off[c] = 1; desc_lock(c, 0); disabled[0] = 1; masked[0] = 1; desc_unlock(c, 0); irqs_off[c] = 0;
		fire_task(c, 0);
		irqs_off[c] = 1; desc_lock(c, 0); disabled[0] = 0; unmask(c, 0);
		if :: pending[0] -> pending[0] = 0; retrigger(c, 0) :: else fi;
		desc_unlock(c, 0); irqs_off[c] = 0
	:: op == OP_DISABLE ->
		irqs_off[c] = 1; desc_lock(c, 0); disabled[0] = 1; desc_unlock(c, 0); irqs_off[c] = 0;
		fire_task(c, 0);
		irqs_off[c] = 1; desc_lock(c, 0); disabled[0] = 0;
		if :: masked[0] -> unmask(c, 0) :: else fi;
#ifndef M_enable_forgets_what_is_kept
		if :: pending[0] -> pending[0] = 0; retrigger(c, 0) :: else fi;
#endif
		desc_unlock(c, 0); irqs_off[c] = 0
	:: op == OP_MOVE ->
		irqs_off[c] = 1; desc_lock(c, 0); affinity[0] = 1; desc_unlock(c, 0); irqs_off[c] = 0;
		fire_task(c, 0);
		synchronize(c)
	:: op == OP_FREE ->
		irqs_off[c] = 1; desc_lock(c, 0);
		atomic {
			commit(c); started[0] = 0; masked[0] = 1; pending[0] = 0; disabled[0] = 1;
#ifndef M_stop_keeps_the_latch
			latched[0] = 0
#endif
		};
		desc_unlock(c, 0); irqs_off[c] = 0;
#ifndef M_free_does_not_wait
		/* irq_sim_in_service() on each CPU, then genirq's own wait */
		serving[0] != 0; serving[1] != 0;
#endif
		atomic { !inprogress[0] -> freed[0] = 1 }
	:: op == OP_SYNC ->
		fire_task(c, 0);
		synchronize(c)
	:: op == OP_DOWN ->
		/* On CPU 0: CPU 1 goes down */
		takes[1] = 0;
#ifndef M_down_without_grace_period
		grace_period();
#endif
		flush_cpu(c, 1);
		/* Its task has come to its end: this model has nowhere to move it to */
		atomic { ended == 1 && runs_on[1] == TASK && !irqs_off[1] -> online[1] = 0 };
#ifndef M_dead_is_not_taken_over
		if
		:: incoming[1] & 1 ->
			atomic { incoming[1] = 0; raised[1] = 0; irq_work[1] = 0 };
			bh_off[c] = 1;
			set_out(c, 0);
			add(c, 0);
			bh_off[c] = 0
		:: else
		fi
#endif
	fi;
	ended++
}

init {
	byte l;

	atomic {
		do
		:: l < LINES -> started[l] = 1; l++
		:: else -> break
		od;
#if OP == OP_DOWN
		affinity[0] = 1;
		run task(0, OP_DOWN);
		run task(1, OP_FIRE);
#else
		run task(0, OP_FIRE);
		run task(1, OP);
#endif
		run soft(0);
		run soft(1);
		run hard(0, 1);
		run hard(1, 0)
	}
	/* Nothing else can happen: what was latched and not masked is handled */
	timeout;
	assert(ended == 2);
	l = 0;
	do
	:: l < LINES ->
		assert(!started[l] || masked[l] || (!latched[l] && !queued[l]));
		assert(!started[l] || !masked[l]);
		assert(!started[l] || (seen[AT(0, l)] == written[AT(0, l)] && seen[AT(1, l)] == written[AT(1, l)]));
		l++
	:: else -> break
	od
}
