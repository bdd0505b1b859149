"""What a citizen or an institution earns and spends: methods, activities, points, coins, offers, vouchers."""
