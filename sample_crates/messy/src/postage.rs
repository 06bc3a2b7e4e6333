//! What it costs to send a parcel on, in cents.

use crate::countries::Zone;
use crate::parcel::Parcel;

/// What has to be on the parcel in stamps.
pub fn price(parcel: &Parcel, weekend: bool) -> u32 {
    //~^ cyclomatic-complexity
    let base = match parcel.weight {
        0..=500 => 390,
        501..=2_000 => 590,
        2_001..=5_000 => 790,
        5_001..=10_000 => 1_050,
        _ => 1_890,
    };
    let factor = match parcel.country.zone {
        Zone::Home => 1,
        Zone::Europe if parcel.handling.express => 3,
        Zone::Europe => 2,
        Zone::World => 5,
    };
    let surcharge = if weekend && parcel.handling.express {
        500
    } else {
        0
    };
    base * factor + surcharge
}

/// What a customer pays for several parcels, with the discounts of the house.
pub fn bill(parcels: &[Parcel], customer: Option<&str>) -> u32 {
    //~^ cognitive-complexity, cyclomatic-complexity
    let mut sum = 0;
    for parcel in parcels {
        let mut price = price(parcel, false);
        if parcel.handling.insured {
            if parcel.handling.fragile || parcel.weight > 10_000 {
                price += 250;
            } else {
                price += 100;
            }
        }
        if let Some(customer) = customer {
            if customer.starts_with("club-") && parcels.len() > 3 {
                price -= price / 20;
            } else if customer == "staff" {
                price = 0;
            }
        }
        if price > 5_000 || parcel.longest() > 1_200 && !parcel.handling.fragile {
            price = price.max(2_500);
        }
        sum += price;
    }
    sum
}

/// The text of a bill.
pub fn receipt(parcels: &[Parcel], customer: &str) -> String {
    //~^ function-length
    let total = bill(parcels, Some(customer));
    let tax = total * 19 / 119;
    let mut text = String::new();

    text.push_str("Depot of the Parcel Post\n");
    text.push_str("12 Station Road\n");
    text.push_str("------------------------\n");
    text.push_str("Customer: ");
    text.push_str(customer);
    text.push('\n');
    text.push('\n');

    for parcel in parcels {
        let cents = price(parcel, false);
        let euros = format!("{}.{:02}", cents / 100, cents % 100);
        let place = parcel.country.name;
        text.push_str(&format!("{} to {place}: {euros}\n", parcel.number));
    }

    text.push_str("------------------------\n");
    text.push_str("Total: ");
    text.push_str(&(total / 100).to_string());
    text.push('.');
    text.push_str(&format!("{:02}", total % 100));
    text.push('\n');
    text.push_str("of which tax: ");
    text.push_str(&(tax / 100).to_string());
    text.push('.');
    text.push_str(&format!("{:02}", tax % 100));
    text.push('\n');
    text.push_str("Thank you!\n");
    text
}
