# What the calls of import in the laws import.
{ text, number }: {
  text = text + "!";
  number = number + 1;
}
