// The least that any process costs. What `make bench` subtracts from calls that only read.
int main(void) { return 0; }
