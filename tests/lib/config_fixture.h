/* A folder of its own for the files of a test's configuration, and a driver that asks nobody. */
#pragma once

#include "config/config.h"

typedef struct ConfigFixture {
        char folder[64];
} ConfigFixture;

/* Enters a fresh folder; paths in a test are relative to it. */
void config_fixture_init(ConfigFixture *fixture);
void config_fixture_fini(ConfigFixture *fixture); /* with everything in it */
void config_fixture_write(const char *path, const void *bytes, size_t n);
void config_fixture_write_text(const char *path, const char *text);

/* "http", with rows of every type; its host is what stands between "//" and the next of ":/". */
extern const ProbeDriver *const config_fixture_drivers[];

typedef struct FakeExpect {
        TextList contains;
        int64_t status;
} FakeExpect;

typedef struct FakeStep {
        char *get;
        char *token;
        FakeExpect expect;
} FakeStep;
#define FAKE_STEPS_MAX 3

typedef struct FakeMark {
        char *name;
} FakeMark;

typedef struct FakeSpec {
        char *url;
        int method;
        TextList headers;
        int64_t redirects;
        int64_t max_body;
        Nsec slow_after;
        TextList status;
        TextList contains;
        TextList xpath;
        char *final_url;
        bool application;
        char *token;
        SectionList steps; /* of FakeStep, two at least */
        SectionList marks; /* of FakeMark, as many as a list may have */
        void *prepared;    /* the driver's own: freed by its fini */
} FakeSpec;

/* Loads mond.yaml: its diagnostics as text (to free), and the configuration if it is sound. */
char *config_fixture_load(Config **ret_config);
