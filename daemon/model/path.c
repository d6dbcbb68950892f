#include "daemon/model/path.h"

#include "daemon/base/text.h"

static const struct {
        const char *name;
        int badness, exit_status;
} states[PATH_STATE_MAX + 1] = {
        [PATH_OPEN] = {"open", 0, 0},
        [PATH_UNKNOWN] = {"unknown", 1, 3},
        [PATH_IMPAIRED] = {"impaired", 2, 1},
        [PATH_CLOSED] = {"closed", 3, 2},
};

static PathState known(PathState state) {
        return state >= 1 && state <= PATH_STATE_MAX ? state : PATH_UNKNOWN;
}

const char *path_state_name(PathState state) {
        return states[known(state)].name;
}

bool path_state_from_name(const char *name, PathState *ret_state) {
        for (int state = 1; state <= PATH_STATE_MAX; state++)
                if (text_is(name, states[state].name)) {
                        *ret_state = (PathState)state;
                        return true;
                }
        return false;
}

int path_state_badness(PathState state) {
        return states[known(state)].badness;
}

int path_state_exit_status(PathState state) {
        return states[known(state)].exit_status;
}

static void channel_fini(Channel *channel) {
        free(channel->id);
        title_fini(&channel->title);
        for (size_t i = 0; i < channel->n_steps; i++)
                free(channel->steps[i]);
        free(channel->steps);
}

void path_free(Path *path) {
        if (!path)
                return;
        for (size_t i = 0; i < path->n_channels; i++)
                channel_fini(&path->channels[i]);
        free(path->channels);
        free(path->id);
        title_fini(&path->title);
        free(path);
}
