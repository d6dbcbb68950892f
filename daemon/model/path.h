/* A path: one thing that a person wants to do, and the channels by which it can be done. */
#pragma once

#include "daemon/model/target.h"
#include "daemon/model/verdict.h"

#define PATHS_MAX 64         /* in one configuration */
#define PATH_CHANNELS_MAX 16 /* of one path */
#define PATH_STEPS_MAX 32    /* of one channel */

/* The words are public and the numbers are stored: append only. A channel is never `impaired`. */
typedef enum PathState {
        PATH_OPEN = 1,     /* a channel works and none is known to fail */
        PATH_IMPAIRED = 2, /* one works, another fails */
        PATH_CLOSED = 3,   /* none is known to work and at least one is known to fail */
        PATH_UNKNOWN = 4,
} PathState;
#define PATH_STATE_MAX PATH_UNKNOWN

/* One way to do it: its steps are targets, all of which must work. */
typedef struct Channel {
        char *id;
        Title title;
        char **steps; /* ids of targets */
        size_t n_steps;
} Channel;

typedef struct Path {
        char *id;
        Title title;
        Channel *channels;
        size_t n_channels;
} Path;

const char *path_state_name(PathState state);
bool path_state_from_name(const char *name, PathState *ret_state);
/* For exit statuses and the worst of several: closed, impaired, unknown, open. */
int path_state_badness(PathState state);
int path_state_exit_status(PathState state); /* 0 open, 1 impaired, 2 closed, 3 unknown */

void path_free(Path *path);
mon_define_cleanup(Path, path_free);
