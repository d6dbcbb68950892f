/* The configuration, whole and checked: what mond.yaml and conf.d/ say, with every default filled in. */
#pragma once

#include "daemon/base/error.h"
#include "daemon/base/list.h"
#include "daemon/model/directive.h"
#include "daemon/model/path.h"
#include "daemon/model/target.h"
#include "daemon/notify/driver.h"
#include "probes/probe.h"

#define CONFIG_MISTAKES_MAX 200 /* told in one run; past that their number is said */
#define CONFIG_REFERENCES_MAX 8

/* What targets inherit where they say nothing of their own. */
typedef struct CheckDefaults {
        Nsec interval;
        Nsec timeout;
        int64_t confirm_fail;
        int64_t confirm_pass;
        Nsec retry_interval;
} CheckDefaults;

typedef struct Config {
        char *path;
        char *observer_name;
        char *observer_contact;
        int language; /* Language of composed texts */
        CheckDefaults checks;
        TextList references; /* URLs */
        char *ca_file;       /* defaults.ca_file: NULL is the system's bundle */
        int64_t per_host;
        int64_t at_once; /* probes under way at a time, in all */
        Nsec retention_checks, retention_bodies, retention_daily_bodies;
        char *heartbeat_url; /* NULL: none. A secret: whoever knows it can say that we live */
        Nsec heartbeat_every;
        List targets;   /* of Target *, in the order of the file */
        List paths;     /* of Path *, likewise */
        List notifiers; /* of Notifier *, likewise */
        uint64_t hash;  /* of the effective configuration, secrets left out */
} Config;

typedef struct ConfigMistake {
        char *file; /* as it was given */
        int line, column;
        char *text;
        bool warning; /* said, and not a reason to refuse */
} ConfigMistake;

typedef struct ConfigMistakes {
        ConfigMistake *items;
        size_t n;
        size_t n_errors;
} ConfigMistakes;

enum { CONFIG_E_MISTAKES = 1 };

/* Reads FILE and conf.d/?*.yaml beside it, in name order. CONFIG_E_MISTAKES when it is not to be loaded; the mistakes
 * (and on success the warnings) are in *ret_mistakes either way. Both registries end with
 * a NULL; that of notifiers may be NULL. */
mon_must_check int config_load(const char *path, const ProbeDriver *const *drivers,
                               const NotifierDriver *const *notifiers, Config **ret_config,
                               ConfigMistakes *ret_mistakes);
/* The same for a program that is to know no secret: a reference to one stays as it is written, and notifiers are left
 * out. */
mon_must_check int config_load_without_secrets(const char *path, const ProbeDriver *const *drivers, Config **ret_config,
                                               ConfigMistakes *ret_mistakes);
void config_free(Config *config);
mon_define_cleanup(Config, config_free);
void config_mistakes_fini(ConfigMistakes *mistakes);
/* One line a mistake, `file:line:column: message`, in the order of files and lines. */
char *config_mistakes_text(const ConfigMistakes *mistakes);

/* The effective configuration as YAML that loads again to the same, secrets as <secret>. */
char *config_print(const Config *config);
