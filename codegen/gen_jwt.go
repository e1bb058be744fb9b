package codegen

import (
	"fmt"

	"github.com/porin-dev/porin/codegen/internal/gofile"
	"github.com/porin-dev/porin/compiler/ir"
)

// jwtFuncs declares the function of a method whose credential is a signed JWT.
func (g *generator) jwtFuncs(a *ir.Auth) []decl {
	doc := fmt.Sprintf("%s authenticates with a JWT that it signs for five minutes or as long as the provider allows.", authName(a))
	// func Store(privateKey, keyID string) Auth {
	//	return Auth{rt.SignedJWT(&storeJWT, map[string]rt.Secret{"private_key": rt.NewSecret(privateKey), ...})}
	// }
	facts := unexported(authName(a)) + "JWT"
	args := append([]*gofile.Code{gofile.Op("&").Id(facts), g.secretMap(a)}, g.places(a)...)
	return []decl{
		g.authFunc(authName(a), authDoc(a, doc), a.Secrets(), gofile.CallLines(gofile.RT("SignedJWT"), args...)),
		{facts + " is what is signed.", gofile.Var(facts).Op("=").Add(g.jwt(a.JWT))},
	}
}

func (g *generator) jwtRef(j *ir.JWT) *gofile.Code {
	if j == nil {
		return nil
	}
	return gofile.Op("&").Add(g.jwt(j))
}

func (g *generator) jwt(j *ir.JWT) *gofile.Code {
	return gofile.FieldLines(gofile.RT("JWT"),
		gofile.KV{Name: "Algorithm", Value: gofile.Lit(j.Algorithm)},
		gofile.KV{Name: "Key", Value: gofile.Lit(j.Key)},
		gofile.KV{Name: "KeyAs", Value: encodingConst(j.KeyAs)},
		gofile.KV{Name: "KeyID", Value: g.authParts(j.KeyID)},
		gofile.KV{Name: "Claims", Value: g.authMembers(j.Claims)},
		gofile.KV{Name: "Life", Value: g.duration(j.Life)})
}
