/* One happening on its way to the database: a check, a pause, a gap, an event of our own. */
#pragma once

#include "daemon/core/hours.h"
#include "daemon/store/store.h"
#include "daemon/watch.h"

typedef enum GapStep {
        GAP_NONE,
        GAP_OPEN,  /* from now on, until it is closed */
        GAP_CLOSE, /* the open one of that target and cause */
        GAP_WHOLE, /* both ends known */
} GapStep;

/* What became of a path, and what decided it. */
typedef struct RecordPath {
        char *id;
        PathResult result; /* its event stands with the record's */
        Nsec decided_at_real;
        char *target; /* NULL: the configuration decided */
        Verdict verdict;
        Cause cause;
        char *detail, *banner;
} RecordPath;

/* What one happening leaves for the database, and the events that it tells. */
typedef struct Record Record;
struct Record {
        Record *next;
        char *target;             /* NULL: it concerns all */
        Watch *watch;             /* NULL once the target left the configuration */
        Observation *observation; /* NULL: no check */
        Nsec speaks_until_at_real;
        bool keep_body;
        bool daily; /* kept only as the first answer of its day */
        bool has_state;
        EngineResult result;
        int absent_status; /* of a page that should not exist; 0: not asked */
        Nsec absent_at_real;
        bool content_seen; /* the look says something of what is watched */
        ContentStep content_step;
        Content content; /* the version that begins; CONTENT_SAME: none */
        ContentChange content_change;
        Nsec content_at_real;
        GapStep gap_step;
        Nsec gap_from_at_real, gap_until_at_real;
        Cause gap_cause;
        char *gap_why;
        HoursSpan *closed; /* what the hours leave out */
        size_t n_closed;
        Report *report;          /* entered by a person; NULL */
        Nsec closed_cut_at_real; /* what was written of it before ends here; NSEC_UNKNOWN: it stands */
        RecordPath *path;        /* NULL: it concerns none */
        bool told;
};

/* `watch` NULL: it concerns all. */
Record *record_new(Watch *watch);
/* Takes what the result owns; copies the rest. */
Record *record_new_path(const char *path, const PathReason *reason, PathResult *result);
void record_free(Record *record);
mon_define_cleanup(Record, record_free);

/* Takes what the record's look saw of the watched content, and follows it in the watch. */
void record_follow_content(Record *record, Watch *watch);
/* The latest version as it stands, for a fresh database. */
void record_restate_content(Record *record, const Watch *watch, Nsec at_real);

/* A check that changed nothing: the first to be let go when there is no room. */
bool record_is_plain_check(const Record *record);
size_t record_body_bytes(const Record *record); /* kept of the answers and of what is watched */
void record_drop_bodies(Record *record);        /* these; what was seen and told of them stays */
/* Into the open transaction. */
mon_must_check int record_write(const Record *record, Store *store);
