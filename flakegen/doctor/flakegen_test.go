package doctor

import "testing"

func TestRequiredVersion(t *testing.T) {
	o := options(t)
	o.Version = "0.3.0"
	o.Repository = repository(t, `flake {
  systems          = ["x86_64-linux"]
  required_version = ">= 0.4"
}
`+somePackage)
	r := Examine(t.Context(), o)
	expect(t, r, "version", "flakegen", Fault, "0.3.0 is not what the spec asks for", ">= 0.4")
	o.Version = "0.4.1"
	expect(t, Examine(t.Context(), o), "version", "flakegen", OK, "0.4.1")
}
