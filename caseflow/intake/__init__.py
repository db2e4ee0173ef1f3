"""Hospital, custody, outreach and operation referrals become cases."""
