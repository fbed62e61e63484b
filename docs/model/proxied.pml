/*
 * How a client behind a proxy gets every event once and in order, or a reset: docs/model/README.md.
 *
 * One channel, one proxy, one client, two processes that publish, a relay, and the application that answers.
 * Each constant that begins with NO leaves a rule out. Then spin must find a violation; so each rule is known to be needed.
 */
#ifndef EVENTS
#define EVENTS 3
#endif
/* How often each fault may happen. */
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef LOSSES
#define LOSSES 1
#endif
#ifndef REFUSALS
#define REFUSALS 1
#endif
#ifndef CUTS
#define CUTS 1
#endif
#ifndef TRIMS
#define TRIMS 1
#endif
#ifndef RESTORES
#define RESTORES 1
#endif

#define MAX (EVENTS + 3)

/* The storage. Ids are 1, 2, 3 ...; an event's content is its id and the epoch in which it was stored. */
byte head, trimmed, epoch;
bool stored[MAX];
#if defined(NO_ATOMIC_ID) || defined(NO_COMMIT_FIRST)
byte counter;
#endif

/* What the relay knows of the proxy: confirmed ids, and up to where there is no hole. */
bool confirmed[MAX];
byte cursor;
bool owesRecovery;
bool refused[MAX];  /* events that the proxy never takes */

/* The proxy. */
bool held;          /* it holds the client's stream, */
byte heldEpoch;     /* under the names of this epoch, */
byte prev;          /* which has everything up to this id */
byte known;         /* the channel's last id, while somebody listens; 0: unknown */
bool asking;        /* a follow-up is to be made, or on its way */
bool queued[MAX];   /* items that came meanwhile */
bool parked[MAX];   /* items that wait for the one before, for message_wait at most */
bool lags;          /* an item was dropped that did not follow an answer: see takeQueue */
bool seen[MAX];     /* ids that it does not take twice */
byte seenEpoch;
bool answering;     /* an answer of the application is on its way */
bool look;          /* the application has still to look at the new stream */

/* The client. */
bool fresh = true;  /* it has no position yet */
byte last, lastEpoch;

byte published;     /* events so far, lost ones too */
byte crashes = CRASHES, losses = LOSSES, refusals = REFUSALS, cuts = CUTS, trims = TRIMS, restores = RESTORES;

/* Every event after the first position once, in order, and of one history. */
inline deliver(id, ep) {
  assert(!fresh && ep == lastEpoch && id == last + 1);
  last = id
}

/* A client may be set to another position only if it could not be served from its own. */
inline reset(id, ep) {
  assert(fresh || ep != lastEpoch || last < trimmed);
  fresh = false;
  last = id;
  lastEpoch = ep
}

/* Nobody listens to the names any more under which these items came. */
inline forgetItems() {
  known = 0;
  for (i : 1 .. MAX - 1) { queued[i] = false; parked[i] = false }
  i = 0
}

inline leave() {
  held = false;
  asking = false;
  look = false;
  lags = false;
  forgetItems()
}

/* An item gets to the stream, in its turn or not. */
inline pass(id, ep) {
  known = id;
  if
  :: asking -> queued[id] = true
#ifdef NO_PREV_ID
  :: else -> deliver(id, ep); prev = id
#else
  :: !asking && prev == id - 1 -> deliver(id, ep); prev = id
  :: else -> asking = true; known = 0
#endif
  fi
}

/* An item arrives at the proxy. */
inline arrive(id, ep) {
  if
  :: seenEpoch != ep -> for (i : 1 .. MAX - 1) { seen[i] = false } seenEpoch = ep
  :: else
  fi;
  if
  :: seen[id]
  :: else ->
    seen[id] = true;
    if
#ifdef NO_EPOCH_IN_NAMES
    :: held && known != 0 && known != id - 1 -> parked[id] = true
    :: held && (known == 0 || known == id - 1) ->
#else
    :: held && heldEpoch == ep && known != 0 && known != id - 1 -> parked[id] = true
    :: held && heldEpoch == ep && (known == 0 || known == id - 1) ->
#endif
      pass(id, ep);
      i = id + 1;
      do
      :: i < MAX && known == i - 1 && parked[i] -> parked[i] = false; pass(i, ep); i++
      :: else -> break
      od;
      i = 0
    :: else
    fi
  fi
}

/*
 * After an answer the proxy drops the items at the front of its queue that do not follow it, and asks again if
 * one behind them does not. If it drops one that is ahead, the stream lags: nothing but the next event or the
 * link's timeout helps. For that the item before must have failed while the answer was on its way, on a channel
 * without an item so far.
 */
inline takeQueue() {
  i = 1;
  do
  :: i < MAX && queued[i] && i - 1 != prev ->
    queued[i] = false;
    lags = lags || i > prev;
    i++
  :: i < MAX && queued[i] && i - 1 == prev -> break
  :: i < MAX && !queued[i] -> i++
  :: i >= MAX -> break
  od;
  do
  :: i < MAX && queued[i] && i - 1 == prev -> queued[i] = false; deliver(i, heldEpoch); prev = i; i++
  :: i < MAX && queued[i] && i - 1 != prev ->
    for (i : 1 .. MAX - 1) { queued[i] = false }
    asking = true;
    known = 0;
    break
  :: i < MAX && !queued[i] -> i++
  :: i >= MAX -> break
  od
}

inline confirm(id) {
  confirmed[id] = true;
  do
  :: cursor < head && confirmed[cursor + 1] -> cursor++
  :: else -> break
  od
}

/*
 * The application reads what a stream at (position, ep) lacks: events after from up to upTo, or a reset.
 * What it has read stays as it is while the answer is on its way.
 */
inline read(position, ep, isNew) {
  rEpoch = epoch;
  rReset = false;
  rFrom = position;
  if
  :: isNew -> rReset = true
#ifndef NO_EPOCH_IN_POSITION
  :: !isNew && ep != epoch -> rReset = true
#endif
  :: !isNew && ep == epoch && position > head -> rReset = true
#ifndef NO_EXPIRED
  :: !isNew && ep == epoch && position < trimmed -> rReset = true
#endif
  :: else
  fi;
  if
  :: rReset -> rFrom = head
  :: else
  fi;
  rTo = (head > rFrom -> head : rFrom)
}

/* The answer reaches proxy and client. */
inline answer() {
  if
  :: rReset -> reset(rFrom, rEpoch)
  :: else
  fi;
  i = rFrom + 1;
  do
  :: i <= rTo ->
    if
    :: i > trimmed0 && readable[i] -> deliver(i, rEpoch)
    :: else
    fi;
    i++
  :: else -> break
  od;
  held = true;
  heldEpoch = rEpoch;
  prev = rTo
}

/* What was readable when the application read. */
inline snapshot() {
  trimmed0 = trimmed;
  for (i : 1 .. MAX - 1) { readable[i] = stored[i] }
}

proctype Publisher() {
  byte id, ep, i;
  do
  :: atomic { published < EVENTS ->
      published++;
#if defined(NO_ATOMIC_ID) || defined(NO_COMMIT_FIRST)
      counter++; id = counter; ep = epoch;
#ifdef NO_COMMIT_FIRST
      arrive(id, ep)
#endif
    };
    atomic {
      stored[id] = true;
      if
      :: id > head -> head = id
      :: else
      fi
#else
      head++; id = head; ep = epoch; stored[id] = true
#endif
    };
    if
    :: atomic { crashes > 0 -> crashes-- }            /* it is killed before it publishes */
    :: atomic { losses > 0 -> losses-- }              /* the control port does not answer */
    :: atomic { refusals > 0 && ep == epoch -> refusals--; refused[id] = true }
    :: atomic { true ->
        if
        :: ep == epoch -> arrive(id, ep); confirm(id)
        :: else                                       /* it saw that the storage was exchanged */
        fi;
        id = 0
      }
    fi
  :: published >= EVENTS -> break
  od
}

proctype Relay() {
  byte id, i;
end:
  do
#ifndef NO_RELAY
  :: atomic { cursor < head && !refused[cursor + 1] -> id = cursor + 1; arrive(id, epoch); confirm(id); id = 0 }
  /* What the proxy refuses is not sent again: a hint makes the channel's streams ask. It is sent two seconds after the event. */
  :: atomic { cursor < head && refused[cursor + 1] && !answering ->
#ifndef NO_HINT_FOR_REFUSED
      known = 0;
      if
      :: held -> asking = true
      :: else
      fi;
#endif
      id = cursor + 1; confirm(id); id = 0
    }
#endif
#ifndef NO_RELAY
  /* What is older than 45 s is not sent again. No answer is on its way for that long. */
  :: atomic { cursor < head && !answering && !owesRecovery ->
      cursor = head;
#ifndef NO_RECOVERY
      owesRecovery = true
#endif
    }
#endif
  :: atomic { owesRecovery ->
      owesRecovery = false;
      if
      :: held -> asking = true
      :: else
      fi
    }
  od
}

/* The client's own requests, and those of the proxy on its behalf. */
proctype Application() {
  byte rFrom, rTo, rEpoch, trimmed0, i;
  bool rReset;
  bool readable[MAX];
end:
  do
  :: atomic { !held -> answering = true; read(last, lastEpoch, fresh); snapshot() };
    atomic {
      answering = false;
      answer();
#ifndef NO_LOOK
      look = true;
#endif
      asking = (known != 0 && known != prev);
      rFrom = 0; rTo = 0; rEpoch = 0; trimmed0 = 0; rReset = false; i = 0;
      for (i : 1 .. MAX - 1) { readable[i] = false } i = 0
    }
  :: atomic { held && asking -> answering = true; read(prev, heldEpoch, false); snapshot() };
    atomic {
      answering = false;
      if
      :: held && asking ->
#ifndef NO_EPOCH_IN_NAMES
        if
        :: rEpoch != heldEpoch -> forgetItems()       /* they came under names that it no longer has */
        :: else
        fi;
#endif
        answer();
#ifndef NO_LOOK_AFTER_RESET
        look = look || rReset;
#endif
#ifdef NO_POSITION_OF_READ
        prev = head;
#endif
        asking = false;
        takeQueue()
      :: else                                         /* the client has left meanwhile */
      fi;
      rFrom = 0; rTo = 0; rEpoch = 0; trimmed0 = 0; rReset = false;
      for (i : 1 .. MAX - 1) { readable[i] = false } i = 0
    }
  /* Two seconds later: does the stream lack an event? */
  :: atomic { look && held ->
      look = false;
      if
      :: head > prev -> asking = true
      :: else
      fi
    }
  od
}

proctype Faults() {
  byte i;
end:
  do
  /* The connection is cut, or the client leaves and returns. */
  :: atomic { cuts > 0 && held -> cuts--; leave() }
  /* The proxy is killed: it forgets which ids it has seen. */
  :: atomic { cuts > 0 ->
      cuts--;
      leave();
      for (i : 1 .. MAX - 1) { seen[i] = false }
      i = 0
    }
  /* message_wait is over. */
  :: atomic { parked[2] || parked[3] || parked[EVENTS] ->
      i = 2;
      do
      :: !parked[i] -> i++
      :: else -> break
      od;
      parked[i] = false;
      pass(i, heldEpoch);
      i = 0
    }
  /* The link's timeout is over: 120 s, or an hour. Only where nothing else would help. */
  :: atomic { lags && !asking && held && timeout -> lags = false; asking = true }
  /* Retention. */
  :: atomic { trims > 0 && trimmed < head ->
      trims--;
      if
      :: trimmed = head
      :: trimmed + 1 < head -> trimmed++
      fi
    }
  /* A backup is put back while no process runs: the last event never was. Its id is given to another one. */
  :: atomic { restores > 0 && !answering && head > 0 && trimmed < head && published < EVENTS ->
      restores--;
      stored[head] = false;
      confirmed[head] = false;
      refused[head] = false;
      head--;
      cursor = (cursor > head -> head : cursor);
      epoch++;
#ifndef NO_RECOVERY_AFTER_RESTORE
      owesRecovery = true
#endif
    }
  od
}

/* Nothing happens any more: the client has everything. */
proctype End() {
end:
  (timeout && !lags) -> assert(held && last == head && lastEpoch == epoch)
}

init {
  atomic { run Publisher(); run Publisher(); run Relay(); run Application(); run Faults(); run End() }
}
