package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Cachix is a cache at cachix.org that jobs read, and with a secret write.
type Cachix struct {
	// Name is the cache's, Secret the name of the secret with its token, or "".
	Name, Secret string
	Range        hcl.Range

	at map[string]*Attribute
}

// CICache is any other binary cache that jobs read, and with a command write.
type CICache struct {
	Name           string
	URL, PublicKey string
	// Push is the shell command that writes what was built to it, or "". Secrets are
	// the names of the secrets that it has as variables of its environment.
	Push    string
	Secrets []string
	Range   hcl.Range

	at map[string]*Attribute
}

// ciCache decodes a block inside of a ci block.
func (d *decoder) ciCache(c *CI, block *hclsyntax.Block) {
	at := map[string]*Attribute{}
	take := func(names ...string) {
		known := map[string]func(*Attribute){}
		for _, name := range names {
			known[name] = func(a *Attribute) { at[name] = a }
		}
		d.closed(block, known)
	}
	switch block.Type {
	case "cachix":
		if d.labels(block, nil) {
			take("name", "secret")
			c.Cachix = append(c.Cachix, &Cachix{Range: block.DefRange(), at: at})
		}
	case "cache":
		if d.labels(block, []string{"name"}) {
			take("public_key", "push", "secrets", "url")
			c.Caches = append(c.Caches, &CICache{Name: block.Labels[0], Range: block.LabelRanges[0], at: at})
		}
	default:
		d.errorf(block.TypeRange, fmt.Sprintf("Unknown block %q in ci", block.Type), "%s",
			didYouMean(block.Type, []string{"cache", "cachix"}, "It takes cachix { … } and cache \"NAME\" { … }."))
	}
}

func (d *decoder) ciCacheValues(c *CI) {
	seen := map[string]hcl.Range{}
	once := func(name string, rng hcl.Range) {
		if first, ok := seen[name]; ok {
			d.duplicate(rng, fmt.Sprintf("A second cache %q", name), first, "Remove one.")
		}
		seen[name] = rng
	}
	for _, x := range c.Cachix {
		if x.at["name"] == nil {
			d.errorf(x.Range, "Missing name", "Say which cache it is, as in: name = \"motoko\"")
			continue
		}
		if x.Name = d.word(x.at["name"], "A cache"); x.Name != "" {
			once(x.Name, x.at["name"].Expr.Range())
		}
		if a := x.at["secret"]; a != nil {
			if text, ok := d.text(a.Expr, "The secret"); ok && d.secretName(a.Expr.Range(), text) {
				x.Secret = text
			}
		}
	}
	for _, cache := range c.Caches {
		once(cache.Name, cache.Range)
		d.ciCacheValue(cache)
	}
}

func (d *decoder) ciCacheValue(c *CICache) {
	d.fitWord(c.Range, "A cache", c.Name)
	for _, proposed := range d.spec.Caches {
		if proposed.Name == c.Name {
			c.URL, c.PublicKey = proposed.URL, proposed.PublicKey
		}
	}
	if a := c.at["url"]; a != nil {
		c.URL = d.word(a, "The url")
		d.withoutLogin(a.Expr.Range(), c.URL, " What push needs can be a secret, named by secrets = [\"NAME\"].")
	}
	if a := c.at["public_key"]; a != nil {
		c.PublicKey = d.word(a, "The public_key")
	}
	if (c.URL == "" && c.at["url"] == nil) || (c.PublicKey == "" && c.at["public_key"] == nil) {
		d.errorf(c.Range, "Incomplete cache", "A cache has a url, and a public_key that its paths are signed with. One that a cache block of the spec describes needs neither.")
	}
	if a := c.at["push"]; a != nil {
		if text, ok := d.text(a.Expr, "push"); ok && d.fitCommand(a.Expr.Range(), text) {
			c.Push = text
		}
	}
	a := c.at["secrets"]
	if a == nil {
		return
	}
	if c.at["push"] == nil {
		d.errorf(a.NameRange, "Secrets without a command", "They are for push. Add that, or remove this.")
	}
	value, ok := d.value(a.Expr)
	if !ok {
		return
	}
	seen := map[string]hcl.Range{} // GitHub takes no notice of case
	for _, name := range d.strings(a.Expr, value, "secrets", `["ATTIC_TOKEN"]`) {
		if !d.secretName(name.rng, name.text) {
			continue
		}
		key := strings.ToUpper(name.text)
		if first, ok := seen[key]; ok {
			d.duplicate(name.rng, "A secret that is named twice", first, "Remove one.")
			continue
		}
		seen[key] = name.rng
		c.Secrets = append(c.Secrets, name.text)
	}
}

// word evaluates an attribute that must be a text without white space.
func (d *decoder) word(a *Attribute, what string) string {
	text, ok := d.text(a.Expr, what)
	if !ok || !d.fitWord(a.Expr.Range(), what, text) {
		return ""
	}
	return text
}

// secretName holds the name of a secret to what GitHub takes. It is the value that is
// often put there by mistake, so the text is not repeated.
func (d *decoder) secretName(rng hcl.Range, name string) bool {
	if secretForm().MatchString(name) && !strings.HasPrefix(strings.ToUpper(name), "GITHUB_") {
		return true
	}
	d.errorf(rng, "Not the name of a secret", "A secret is named here, and its value is kept by GitHub: letters, digits and _, not beginning with a digit or GITHUB_, as in \"CACHIX_AUTH_TOKEN\".")
	return false
}
