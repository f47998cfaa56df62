# The functions among the symbols, which JSON cannot hold. The test has the same
# ones in Go.
{
  pkgs = {
    twice = text: text + text;
    make = set: set // { made = true; };
    tools.pair = a: b: [
      a
      b
    ];
  };
  wrap.f = value: { inherit value; };
}
