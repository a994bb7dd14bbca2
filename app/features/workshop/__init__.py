"""The workshop: what citizens say of scenarios, from their phones, as the room decides."""
