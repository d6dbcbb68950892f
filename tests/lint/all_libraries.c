/* Nothing of its own: symbols.py asks the linker's result which libraries there are. */
int main(void) {
        return 0;
}
