/* A sign of life to somebody outside who raises the alarm when it stays away (a "dead-man's switch"): one GET every so
 * often, for as long as mond does its work. While it does not (unwell), none is sent: that silence is the alarm, and
 * the only one that still comes when the machine, its network or its disk has gone.
 *
 * It is on nobody's way: one request at a time, its answer bounded, and what becomes of it is logged when that changes.
 */
#pragma once

#include "daemon/notify/driver.h"

#define HEARTBEAT_TIMEOUT (10 * NSEC_PER_SEC)
/* After one that was held back or failed, where that is sooner than the next would be. */
#define HEARTBEAT_RETRY_SPAN (30 * NSEC_PER_SEC)
#define HEARTBEAT_ANSWER_MAX 4096 /* bytes of an answer that are read before the connection is closed */

typedef struct Heartbeat Heartbeat;

/* Asked right before each sign: NULL when mond does its work, else what keeps it from it, in a few words. */
typedef const char *HeartbeatUnwellFn(void *userdata);

/* The services and the userdata outlive it. */
Heartbeat *heartbeat_new(const NotifyServices *services, HeartbeatUnwellFn *unwell, void *userdata);
void heartbeat_free(Heartbeat *heartbeat); /* gives up what is under way */
mon_define_cleanup(Heartbeat, heartbeat_free);

/* From now on; the first at once, unless nothing changes. Copies the URL; NULL: none. */
void heartbeat_set(Heartbeat *heartbeat, const char *url, Nsec every);
