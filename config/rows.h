/* The rows of the file itself and of what every target has; drivers bring those of their own blocks. */
#pragma once

#include "config/config.h"

#define CONFIG_INTERVAL_MAX (366 * INT64_C(86400) * NSEC_PER_SEC)
#define CONFIG_TIMEOUT_MAX (3600 * NSEC_PER_SEC)
#define CONFIG_CONFIRM_MAX 100
#define CONFIG_AT_ONCE_MAX 1000
#define CONFIG_HEARTBEAT_MIN (1 * NSEC_PER_SEC)     /* and TARGET_INTERVAL_REMOTE_MIN to others' machines */
#define CONFIG_HEARTBEAT_EVERY (300 * NSEC_PER_SEC) /* where there is one, and it does not say */
#define CONFIG_HEARTBEAT_MAX (86400 * NSEC_PER_SEC)
#define CONFIG_RETENTION_MIN (86400 * NSEC_PER_SEC)
#define CONFIG_RETENTION_MAX (100 * 365 * INT64_C(86400) * NSEC_PER_SEC)

/* A target's own keys, as its rows fill them. */
typedef struct TargetRows {
        char *id;
        Title title;
        bool paused;
        CheckDefaults checks;
        int ip; /* IpFamily */
} TargetRows;

/* A target's hours. */
typedef struct HoursRows {
        char *timezone;
        TextList open;
} HoursRows;

/* A path's own keys, and those of each of its channels. */
typedef struct ChannelRows {
        char *id;
        Title title;
        TextList steps;
} ChannelRows;

typedef struct PathRows {
        char *id;
        Title title;
        SectionList channels; /* of ChannelRows */
} PathRows;

extern const Directive config_rows[];    /* of Config; targets and paths apart */
extern const Directive target_rows[];    /* of TargetRows; the block of its kind and its hours apart */
extern const Directive hours_rows[];     /* of HoursRows */
extern const Directive path_rows[];      /* of PathRows */
char *config_check_id(const char *text); /* a DirectiveCheck: of targets, paths, notifiers */
