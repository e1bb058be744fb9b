package runtime

// OpenEvent reads the event of a delivery as a T: its Data or, for webhooks
// that have the event at the top, its whole body. It is as lenient about names
// and characters as the reading of responses.
func OpenEvent[T any](d *Delivery) (T, error) {
	var event T
	data := d.Data
	if len(data) == 0 {
		data = d.Body
	}
	err := UnmarshalRaw(data, &event)
	return event, err
}
