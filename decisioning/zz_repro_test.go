package decisioning_test
import ("testing";"encoding/json";"fmt")
func TestZZ(t *testing.T) {
	for _, when := range []string{"events.within(duration('48h')).ofType('view').size() < 2","events.within(duration('48h')).size() < 2","events.size() < 2","events.ofType('view').size() < 2"} {
	for _, values := range []string{"true","false"} {
	for _, ev := range []string{"lies","fails","panics"} {
	text := `{"Catalog":{"placements":[{"id":"p0","contentTypes":["text/html"]}],"offers":[{"id":"o2","status":"approved","tags":["a"],"representations":[{"placement":"p0","components":[{"type":"text/html","content":"x"}]}],"eligibility":"(has(profile.vip)) ? (profile['a b'] == 1) : (dyn(1))"}],"fallbacks":[{"id":"f0","representations":[{"placement":"p0","components":[{"type":"text/html","content":"x"}]}]}],"collections":[{"id":"c1","anyTags":["a"]}],"activities":[{"id":"a0","placement":"p0","collection":"c1","fallback":"f0"}],"policies":[{"id":"s0","when":"`+when+`","suppress":"c1"},{"id":"s1","when":"profile.address.exists(k, v, v == 'Berlin')","suppress":"c1","onError":"suppress"}]},"Setup":{"Events":"`+ev+`"},"Steps":[{"At":"2026-06-01T12:00:00Z","Ask":{"ID":"d3","ProfileID":"u1","Profile":"{\"age\":41.5,\"vip\":true,\"address\":{\"city\":\"Berlin\"}}","Context":"{\"limit\":\"18\"}","Values":`+values+`,"Activities":["a0"]}}]}`
	var s scenario
	if err := json.Unmarshal([]byte(text), &s); err != nil { t.Fatal(err) }
	t.Run(fmt.Sprint(when, values, ev), func(t *testing.T) { play(t, s) })
	}}}
}
