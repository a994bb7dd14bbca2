"""Owns the mobile city office (動く市役所): coverage and visits within reach."""
