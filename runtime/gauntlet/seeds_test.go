package gauntlet
import ("testing";"os";"strconv")
func TestSeeds(t *testing.T){
 n,_:=strconv.ParseUint(os.Getenv("N"),10,64)
 plan:=NewPlan(shelf())
 for _,s:=range Scenarios(){ r:=Try(t,plan,clientDriver{},s,n); if r.Outcome!=Pass {t.Log(n, r.ID,r.Outcome,r.Why, r.Text())}}
}
