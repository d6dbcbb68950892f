#include "daemon/notify/heartbeat.h"

#include "daemon/base/error.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/net/post.h"

struct Heartbeat {
        const NotifyServices *services;
        HeartbeatUnwellFn *unwell;
        void *userdata;
        char *url; /* NULL: none. Whoever knows it can say that we live: it is never logged */
        Nsec every;
        Timer due;
        Post *post;
        bool is_held, is_failing;
};

static void beat_after(Heartbeat *heartbeat, Nsec span) {
        loop_arm_after(heartbeat->services->loop, &heartbeat->due, span);
}

static Nsec soon(const Heartbeat *heartbeat) {
        return heartbeat->every < HEARTBEAT_RETRY_SPAN ? heartbeat->every : HEARTBEAT_RETRY_SPAN;
}

static void note_failure(Heartbeat *heartbeat, const char *why) {
        if (!heartbeat->is_failing)
                log_warning("the heartbeat does not arrive: %s", why);
        heartbeat->is_failing = true;
        beat_after(heartbeat, soon(heartbeat));
}

static void note_success(Heartbeat *heartbeat) {
        if (heartbeat->is_failing)
                log_notice("the heartbeat arrives again");
        heartbeat->is_failing = false;
}

static void on_answer(const PostAnswer *answer, void *userdata) {
        Heartbeat *heartbeat = userdata;
        mon_auto_free char *status = mon_printf("HTTP %d", answer->http_status);

        heartbeat->post = NULL;
        if (answer->failure == FETCH_DONE && answer->http_status >= 200 && answer->http_status <= 299)
                note_success(heartbeat);
        else
                note_failure(heartbeat, answer->failure == FETCH_DONE ? status : answer->error);
}

static void hold(Heartbeat *heartbeat, const char *why) {
        if (!heartbeat->is_held)
                log_warning("the heartbeat is held back: %s", why);
        heartbeat->is_held = true;
        beat_after(heartbeat, soon(heartbeat));
}

static void send_one(Heartbeat *heartbeat) {
        const NotifyServices *services = heartbeat->services;
        const PostRequest request = {
                .url = heartbeat->url,
                .method = POST_METHOD_GET,
                .user_agent = services->user_agent,
                .ca_file = services->ca_file,
                .answer_max = HEARTBEAT_ANSWER_MAX,
                .timeout = HEARTBEAT_TIMEOUT,
        };

        int r = post_start(services->poster, &request, on_answer, heartbeat, &heartbeat->post);
        if (r < 0)
                note_failure(heartbeat, mon_strerror(r));
}

/* One that is still under way when the next is due stands for it. */
static void on_due(void *userdata) {
        Heartbeat *heartbeat = userdata;
        const char *why = heartbeat->unwell(heartbeat->userdata);

        if (why) {
                hold(heartbeat, why);
                return;
        }
        if (heartbeat->is_held)
                log_notice("the heartbeat goes on");
        heartbeat->is_held = false;
        beat_after(heartbeat, heartbeat->every);
        if (!heartbeat->post)
                send_one(heartbeat);
}

Heartbeat *heartbeat_new(const NotifyServices *services, HeartbeatUnwellFn *unwell, void *userdata) {
        Heartbeat *heartbeat = mon_new(Heartbeat);

        *heartbeat = (Heartbeat){.services = services, .unwell = unwell, .userdata = userdata};
        heartbeat->due = (Timer){.fn = on_due, .userdata = heartbeat};
        return heartbeat;
}

static void forget_url(Heartbeat *heartbeat) {
        post_cancel(mon_steal(&heartbeat->post));
        loop_disarm(heartbeat->services->loop, &heartbeat->due);
        if (heartbeat->url)
                explicit_bzero(heartbeat->url, strlen(heartbeat->url));
        mon_replace(&heartbeat->url, NULL);
}

void heartbeat_set(Heartbeat *heartbeat, const char *url, Nsec every) {
        if (text_is(heartbeat->url, url) && (!url || heartbeat->every == every))
                return;
        forget_url(heartbeat);
        heartbeat->every = every;
        heartbeat->is_held = heartbeat->is_failing = false;
        if (!url)
                return;
        heartbeat->url = mon_strdup(url);
        beat_after(heartbeat, 0);
}

void heartbeat_free(Heartbeat *heartbeat) {
        if (!heartbeat)
                return;
        forget_url(heartbeat);
        free(heartbeat);
}
