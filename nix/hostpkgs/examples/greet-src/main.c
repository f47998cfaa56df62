#include <greet.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    const char *greeter = getenv("GREETER");
    printf("%s %s (%s)\n", greet(), SUFFIX, greeter ? greeter : "nobody");
    return 0;
}
