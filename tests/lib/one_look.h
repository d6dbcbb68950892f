/* One look at one target, as the daemon would begin it: its block of configuration in, the observation out. */
#pragma once

#include "config/config.h"
#include "tests/lib/config_fixture.h"
#include "tests/lib/world.h"

typedef struct OneLook {
        ConfigFixture files;
        World world;
        ProbeServices services;
        Config *config;
        Observation *seen;
        bool done;
} OneLook;

void one_look_init(OneLook *look);
void one_look_fini(OneLook *look);

/* The target's kind and its block in YAML's flow form: "dns: { name: a.test }". The diagnostics of the configuration,
 * to free; "" when it is sound. */
char *one_look_load(OneLook *look, const char *block);
/* Loads and looks, until it is over. Fails the test when the block has mistakes. */
const Observation *one_look_at(OneLook *look, const char *block);
/* Fails the test unless the look ends so. */
void one_look_expect(OneLook *look, const char *block, Verdict verdict, Cause cause);
