# Expressions with symbols: those of internal/grow. Each gives in Nix
# what it gives in HCL with the symbols bound.

text            = "a ${pkgs.t} ${pkgs.hello}"
dollar_in_front = "$${pkgs.t} ${"$"}${pkgs.t} '${"'"}${pkgs.t}''"
only_symbol     = "${pkgs.t}"
heredoc = <<-EOT
  ${pkgs.t}
    indented ${pkgs.hello}/bin '' '$${x}
  %{ if pkgs.on }yes%{ else }no'%{ endif }
    %{ for x in pkgs.texts }[${x}]%{ endfor }
EOT
heredoc_strip = <<EOT
a ${~ pkgs.t ~} b
  %{~ if pkgs.on ~} c %{~ endif ~}
EOT
composed = "e${"\u0301"}${pkgs.t}"
join_one = "${join("", [pkgs.hello])}x"
join_number = join("", [1, pkgs.hello, 0.5, true])
join     = join("", [pkgs.hello, "/bin/", pkgs.t])

concat     = concat(pkgs.texts, [pkgs.t], concat(local.texts, []))
merge      = merge(pkgs.set, { a = pkgs.t }, null, { "b c" = "d" })
nested     = merge(pkgs.record, { "odd name" = merge(pkgs.record["odd name"], { deep = "x" }) })
try        = [try(self.rev, "none"), try(pkgs.record.nope, inputs.flake.nope, pkgs.t), try(local.record.nope, pkgs.t), try(local.record.name, pkgs.t)]
can        = [can(self.rev), can(pkgs.missing.deep), can(pkgs.record["odd name"].deep)]
arithmetic = -pkgs.number + 2 * -3 - (pkgs.number - (1 - pkgs.number))
logic      = !pkgs.on || pkgs.off && !(pkgs.number < 3 == pkgs.on)
converted  = ["3" + pkgs.number, "true" && pkgs.on, "true" ? pkgs.t : pkgs.u]
precedence = [(pkgs.on ? 1 : 2) + 3, -(pkgs.number + 1), [-pkgs.number, pkgs.twice]] == null
calls      = [pkgs::twice(pkgs::twice("a")), call(pkgs.twice, "b"), lib::optional(pkgs.on, -1), pkgs::make({ name = "c" }).name]
functions  = call(fn(a, b, { a = a, b = b, c = fn(a, a) == null }), pkgs.t, [pkgs.number])
positions  = [pkgs.records[0].name, [pkgs.t, "b"][1], pkgs.record[pkgs.key], pkgs.record["odd name"]["$${"]]
imported   = import("nix/shift.nix", { text = pkgs.t, number = 1 })
outputs    = "${package.plain} ${package.rts.build} ${alias.main} ${package.other.version}"
scopes     = [let.lt, shared.list, final.version, each.key, each.value, system, self.name]

map         = [for x in pkgs.texts : "${x}!"]
filter      = [for x in pkgs.texts : x if x != "a"]
map_set     = { for k, v in pkgs.set : k => "${k}=${v}" }
rename      = { for k, v in pkgs.set : "x-${k}" => v if k != "a" }
set_to_list = [for k, v in pkgs.set : { name = k, value = v }]
list_to_set = { for x in ["a", "b"] : x => pkgs.t }
unrolled    = [for i, x in [pkgs.t, "b"] : { i = i, x = x }]
by_key      = { for k, v in { b = pkgs.t, a = 1 } : "${k}'" => [v, pkgs.u] }
grouped     = { for x in local.texts : "k" => "${x}${pkgs.t}"... }

# A part with a value in some rounds, or in none.
rounds      = [for i, x in [pkgs.t, "b"] : "${i}${x}${each.value}"]
no_rounds   = [pkgs.t, { for k, v in {} : k => 1 if v && v }]
mixed_parts = [for x in ["a", pkgs.t] : [for y in [x, 1] : [y, "${x}"]]]

# A name of HCL may be that of a let, which Nix must not take for it.
captured          = [for lt in pkgs.texts : "${lt} ${let.lt}"]
captured_function = call(fn(x, [x, let.x]), 1)
captured_part     = call(fn(x, [for y in [x] : call(fn(x, [x, y]), 2)]), 1)
captured_unused   = call(fn(x, fn(_x, let._x)), 1) == null
captured_by_both  = { for _x, x in pkgs.set : _x => 1 }
hidden            = call(fn(x, call(fn(x, x), 2)), 1)
hidden_closed     = [for x in local.texts : [for x in [pkgs.t] : x]]
hidden_again      = [for x in [pkgs.t] : [for x in local.texts : x]]

# A key in parentheses is a reference, even if it looks like a name.
computed_key  = { (system) = 1 }
computed_name = [for x in ["a", "b"] : { (x) = pkgs.t }]
