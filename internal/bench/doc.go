// Command bench measures what flakegen costs beside the programs that a user
// would otherwise run alone. It prints ratios, because a time alone says more
// about the machine than about the program.
//
// The words of this package:
//
//   - side: one of the two command lines that a measure compares, flakegen's or
//     the other.
//   - own time: the processor time that flakegen itself takes, which is that of all
//     it runs less that of the programs it runs.
//   - measure: two sides, started in turn so that whatever slows the machine
//     down slows both, and the ratio of their median wall times.
//   - aim: the ratio that a measure is to stay below. Where one does not, the
//     program exits 1.
package main
