/* Flapping: too many changes between available and unavailable among the last 64 observed checks. It damps what is
 * told, never what is recorded. Two thresholds, so that it does not itself flap. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FLAP_HISTORY_MAX 64
#define FLAP_BEGIN_CHANGES 12 /* this many changes in the history: flapping begins */
#define FLAP_END_CHANGES 6    /* this few: it is over */

/* Newest check in bit 0; 1 is unavailable. */
uint64_t flap_push(uint64_t history, int *length, bool unavailable);
int flap_changes(uint64_t history, int length);
bool flap_is(bool flapping, uint64_t history, int length);
