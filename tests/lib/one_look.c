#include "tests/lib/one_look.h"

#include "daemon/base/text.h"
#include "probes/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

void one_look_init(OneLook *look) {
        config_fixture_init(&look->files);
        world_init(&look->world);
        look->services = (ProbeServices){
                .loop = look->world.loop,
                .resolver = look->world.resolver,
                .fetcher = look->world.fetcher,
                .children = look->world.children,
                .user_agent = "mond-test",
        };
}

void one_look_fini(OneLook *look) {
        observation_free(look->seen);
        config_free(look->config);
        world_fini(&look->world);
        config_fixture_fini(&look->files);
}

char *one_look_load(OneLook *look, const char *block) {
        mon_auto_free char *text = mon_printf("observer: {contact: a@b.fr}\nreferences: [https://example.org/]\n"
                                              "targets:\n- {id: t, %s}\n",
                                              block);
        ConfigMistakes mistakes = {0};

        config_fixture_write("mond.yaml", text, strlen(text));
        config_free(look->config);
        look->config = NULL;
        (void)!config_load("mond.yaml", probe_drivers, NULL, &look->config, &mistakes);
        char *told = config_mistakes_text(&mistakes);
        config_mistakes_fini(&mistakes);
        return told;
}

static void on_done(Observation *observation, void *userdata) {
        OneLook *look = userdata;

        assert_false(look->done);
        look->done = true;
        look->seen = observation;
}

const Observation *one_look_at(OneLook *look, const char *block) {
        mon_auto_free char *told = one_look_load(look, block);
        Probe *probe = NULL;

        if (!look->config)
                fail_msg("%s", told);
        observation_free(look->seen);
        look->seen = NULL;
        look->done = false;
        const Target *target = look->config->targets.items[0];
        assert_int_equal(target->driver->start(&look->services, target, on_done, look, &probe), 0);
        assert_false(look->done);
        world_run_until(&look->world, &look->done, 2 * target->timeout);
        assert_true(look->done);
        return look->seen;
}

void one_look_expect(OneLook *look, const char *block, Verdict verdict, Cause cause) {
        const Observation *seen = one_look_at(look, block);

        if (seen->verdict != verdict || seen->cause != cause)
                fail_msg("%s: %s/%s instead of %s/%s (%s)", block, verdict_name(seen->verdict), cause_name(seen->cause),
                         verdict_name(verdict), cause_name(cause), seen->detail ? seen->detail : "");
}
