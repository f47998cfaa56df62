# Expressions without symbols. Each gives in Nix what it gives in HCL; the test
# also reads them with lines that end in CR LF.

# Every escape of a quoted string, and what looks like one.
escapes        = "\n\r\t\"\\ \\n \\$${ \u0041\U0001F600"
dollar         = "$ $$ $a $(b) $' a$"
interpolation  = "$${a} $$${a} $$$${a} %%{a} %%%{ if x } '$${a} ''$${a} '''$${a}"
quotes         = "' '' ''' ''\\ ''$ ''$$ ''\\n ''$${"
ends_in_quote  = "it'"
ends_in_two    = "it''"
ends_in_dollar = "cost: 5$"
only_quotes    = "''"
control        = "\u0001\u0007\u001b[31m\u007f\u0085\u2028"
unicode        = "é e\u0301 ﬁ 👩‍👩‍👧 \ufeff \U0010ffff"
composed       = "e${"\u0301"}"
backslash_brace = "\\$\\{ \\$${a}"
uri            = "http://example.org/?a=b&c='d'"
path_like      = "./a ../b /c <nixpkgs>"

# Heredocs: what is taken away of the indentation, and what Nix would take away.
heredoc = <<EOT
a
  b
EOT
heredoc_flush = <<-EOT
    a
      b
  c
EOT
heredoc_tabs = <<-EOT
		a
			b
	EOT
heredoc_indented = <<EOT
  every line
    is indented
EOT
heredoc_blank_lines = <<-EOT

  a

    
  b
    
EOT
heredoc_spaces_last = <<EOT
a
   
EOT
heredoc_quotes = <<-EOT
  ends in '
  '' and ''' and '$${x} and ''$${x} and $$$${x}
  \n stays \t as \\ it is \$${
  echo "$x" $(cat <<'END'
  END
  )'
EOT
heredoc_one_quote = <<EOT
'
EOT
heredoc_empty = <<EOT
EOT
heredoc_only_blank = <<EOT

  

EOT
heredoc_last_without_newline = "${chomp(<<-EOT
  a
    b'
EOT
)}"
heredoc_directives = <<-EOT
  %{ for x in ["a", "b"] }
  - ${x}
  %{ endfor }
  %{ if true }yes%{ else }no%{ endif }
EOT
heredoc_strip = <<EOT
a ${~ "b" ~} c
%{~ for x in ["a", "b"] ~}
  ${x}
%{ endfor ~}
d
EOT

# Templates around one value give the value.
wrapped_number = "${1}"
wrapped_list   = "${[1, 2]}"
wrapped_null   = "${null}"
converted      = "${1} ${1.5} ${true} ${1e3}"
nested         = "a${"b${"c${"'"}"}"}"
template_if    = "%{ if 1 == 2 }a%{ endif }b"
template_for   = "%{ for i, x in ["a", "b"] }${i}=${x}%{ endfor }"

# Numbers: whole ones have 64 bits, others are floats.
greatest        = 9223372036854775807
least           = -9223372036854775808
whole_float     = 1.0
fraction        = 0.1
sum             = 0.1 + 0.2
third           = 1 / 3
exponent        = 1e-7
great_fraction  = 12345678901234567890.5
great_exponent  = 1.5e-300
denormal        = 5e-324
negative        = -0.5
zero            = -0
remainder       = -7 % 3
precedence      = 1 + 2 * 3 - -4 / 2
not             = !(1 < 2) || !false && true

# Lists, where Nix wants parentheses.
negatives  = [-1, -2.5, -9223372036854775808]
lists      = [[], [[]], [{}], [null, true]]
unified    = true ? [1, 2] : ["x"]
unified_map = true ? { a = 1 } : { b = "x" }
trailing   = [
  1, # one
  2,
]

# Keys: every one that Nix quotes, and every way to write one in HCL.
keys = {
  a            = 1
  b-c          = 2
  "d e"        = 3
  "f.g"        = 4
  "$${h}"      = 5
  ""           = 6
  "é"          = 7
  é1           = 8
  1            = 9
  "2x"         = 10
  if           = 11
  then         = 12
  "or"         = 13
  inherit      = 14
  null         = 15
  true         = 16
  (upper("k")) = 17
  "${"l"}m"    = 18
  "n'"         = 19
  "'n"         = 20
  "o\np"       = 21
  "__x"        = 22
  "x" : 23
}
deep = { a = { b = { c = { d = [{ e = { "f g" = 1 } }] } } } }

# What HCL computes.
for_list    = [for i, x in ["a", "b"] : "${i}${x}" if x != "a"]
for_object  = { for k, v in { a = 1, b = 2 } : upper(k) => v }
for_grouped = { for x in ["aa", "ab", "b"] : substr(x, 0, 1) => x... }
splat       = [{ a = 1 }, { a = 2 }][*].a
splat_attr  = [{ a = [1] }, { a = [2] }].*.a
splat_one   = "x"[*]
splat_null  = null[*]
index       = [1, 2][1]
legacy      = [{ a = [1, 2] }].0.a.1
attribute   = { a = { "b c" = 5 } }.a["b c"]
expansion   = concat([[1], [2, 3]]...)
tried       = try({}.a, "b")
sets        = setunion(["b", "a"], ["c", "a"])
encoded     = jsonencode({ a = [1, "\"$${'"], b = null })
conditional = 1 == "1" ? "same" : "different"

# Found by growing expressions.
comment_in_template = "%{~ for x in ["a"] ~}// not a comment%{ endfor }"
hidden_name         = [for x in ["a"] : [for x in ["b"] : x]]
