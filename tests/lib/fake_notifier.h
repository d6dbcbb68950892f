/* A notifier without a network. What it sends is a line of a file; how that ends stands in another. */
#pragma once

#include "daemon/notify/driver.h"

/* Its body is "TYPE SUBJECT", with " late" behind it (an event whose detail is "huge": as large as a body may be,
 * "unspeakable": it cannot be composed); the line is "EVENT_ID #ATTEMPT BODY". The first line of
 * `FILE.answer` says how an attempt ends: "delivered" (also without that file), "again [STATUS [SECONDS]]", "failed
 * [STATUS]", "gone", "hang", or "fault": it cannot begin. */
typedef struct FakeNotifierSpec {
        char *file;
        Nsec takes;
        char *token;
} FakeNotifierSpec;

extern const NotifierDriver fake_notifier; /* kind "fake" */
extern const NotifierDriver *const fake_notifiers[];
