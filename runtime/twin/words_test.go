package twin

import (
	"regexp"
	"strings"
	"testing"

	"github.com/porin-dev/porin/compiler/ir"
)

// Values look as their names say, however those are written, and the members of one
// object tell of one person.
func TestValuesSuitTheirNames(t *testing.T) {
	text, whole := &ir.Type{Kind: ir.String}, &ir.Type{Kind: ir.Int}
	forms := map[string]string{
		"uuid": uuidPattern, "avatarURL": `^https://example\.com/`, "thumb_64": `^https://example\.com/`, "avatar_hash": `^[0-9a-f]{8}$`, "image_id": `^[0-9a-f]{12}$`,
		"email_domain": `^[a-z]+\.example\.com$`, "createdAt": `^2024-01-01T09:`, "updated_at": `^2024-01-01T09:`, "phoneNumber": `^\+1555\d{7}$`, "client_ip": `^203\.0\.113\.\d$`,
		"currency": `^[A-Z]{3}$`, "country": `^[A-Z]{2}$`, "postalCode": `^\d{5}$`, "mimetype": `/`, "fileName": `^[a-z]+\.(txt|png|pdf)$`, "subject": `\.$`, "companyName": ` Ltd$`, "user_id": `^[0-9a-f]{12}$`,
	}
	numbers := map[string]string{"created": "1704099600", "lastSeenAt": "1704099600", "page": "1", "per_page": "50", "year": "2024"}
	about := objectOf(
		must("first_name", text), must("lastName", text), must("display_name", text), must("email", text), must("login", text),
		must("friends", &ir.Type{Kind: ir.List, Elem: objectOf(must("email", text), must("login", text))}),
		must("profile", objectOf(must("real_name", text))),
	)
	for _, name := range sortedKeys(forms) {
		about.Fields = append(about.Fields, must(name, text))
	}
	for _, name := range sortedKeys(numbers) {
		about.Fields = append(about.Fields, must(name, whole))
	}
	x := newIndex(connector(), Options{})
	alike := 0
	for seed := range uint64(20) {
		s := synth{idx: x, rng: newRNG(seed), now: epoch, presence: usual}
		v := s.value(about, "", 0)
		of := func(p string) string { return textOf(mustAt(t, v, p)) }
		name := of("first_name") + " " + of("lastName")
		handle := strings.ToLower(of("first_name") + "." + of("lastName"))
		equal(t, "display_name", of("display_name"), name)
		equal(t, "real_name", of("profile.real_name"), name)
		equal(t, "email", of("email"), handle+"@example.com")
		equal(t, "login", of("login"), handle)
		for _, f := range mustAt(t, v, "friends").([]any) {
			friend := textOf(mustAt(t, f, "login"))
			equal(t, "friend", textOf(mustAt(t, f, "email")), friend+"@example.com")
			if friend == handle {
				alike++
			}
		}
		for member, form := range forms {
			if !regexp.MustCompile(form).MatchString(of(member)) {
				t.Errorf("%s: %s", member, of(member))
			}
		}
		for member, want := range numbers {
			equal(t, member, of(member), want)
		}
	}
	if alike > 5 {
		t.Errorf("%d friends are the person itself", alike)
	}
}

// TestEmailIsAnAddress makes the email of a user where a resource is called emails.
func TestEmailIsAnAddress(t *testing.T) {
	c := connector()
	c.Resources = append(c.Resources, &ir.Resource{Name: "emails", Of: "Note", ID: path("id")})
	one := clientOf(t, New(c, Options{Whole: true}))
	for _, user := range one.get(api+"users.list").list(t, "users") {
		if email := textOf(mustAt(t, user, "email")); !strings.HasSuffix(email, "@example.com") {
			t.Errorf("%s is no address", email)
		}
	}
}
