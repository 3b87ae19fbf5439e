using System.Text.RegularExpressions;

namespace Relais.Simulators;

/// <summary>Stores the owned numbers and the history of each number. An owned number is also a sender of its account.</summary>
internal sealed partial class NumberInventory(Simulation simulation)
{
    private const double LongCodeRate = 10;

    private readonly Lock gate = new();
    private readonly Dictionary<string, SimulatedNumber> ownedNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NumberHistory> histories = new(StringComparer.Ordinal);
    private int lastSerial;

    /// <summary>The histories of all numbers that were bought or released since the last reset, or are owned.</summary>
    public IReadOnlyList<NumberHistory> Histories
    {
        get
        {
            lock (gate)
            {
                var numbers = histories.Keys.Union(ownedNumbers.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal);
                return
                [
                    .. numbers.Select(number => FindHistory(number) with
                    {
                        Sid = ownedNumbers.GetValueOrDefault(number)?.Sid,
                        OwnedBy = ownedNumbers.GetValueOrDefault(number)?.AccountSid,
                    }),
                ];
            }
        }
    }

    /// <summary>Returns the owned numbers, newest first.</summary>
    /// <param name="accountSid">owner; null: all accounts</param>
    public IReadOnlyList<SimulatedNumber> Of(string? accountSid)
    {
        lock (gate)
        {
            return
            [
                .. ownedNumbers.Values.Where(number => accountSid is null || number.AccountSid == accountSid)
                    .OrderByDescending(number => number.Sid, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Finds the owned number; null when no account owns it.</summary>
    public SimulatedNumber? Owned(string phoneNumber)
    {
        lock (gate)
        {
            return ownedNumbers.GetValueOrDefault(phoneNumber);
        }
    }

    public SimulatedNumber? Find(string accountSid, string? sid) =>
        Of(accountSid).FirstOrDefault(number => number.Sid == sid);

    /// <summary>Gives the number to its account and charges the account.</summary>
    /// <param name="inConsole">true: counted as a purchase in the Twilio console instead of over the API</param>
    /// <returns>the number with its SID, or null when an account already owns it</returns>
    public SimulatedNumber? Buy(SimulatedNumber number, bool inConsole)
    {
        lock (gate)
        {
            if (ownedNumbers.ContainsKey(number.PhoneNumber))
            {
                return null;
            }

            var history = FindHistory(number.PhoneNumber);
            histories[number.PhoneNumber] = inConsole
                ? history with { BoughtInConsole = history.BoughtInConsole + 1 }
                : history with { Bought = history.Bought + 1 };
            var bought = AddOwned(number);
            simulation.Billing.RecordPurchase(bought);
            return bought;
        }
    }

    /// <summary>Adds the number of a configured SMS sender, or updates its webhooks. Nothing is charged or counted as a purchase.</summary>
    public void AddExisting(SimulatedSender sender)
    {
        lock (gate)
        {
            var owned = ownedNumbers.GetValueOrDefault(sender.Address);
            if (!PhoneNumber().IsMatch(sender.Address) || (owned is not null && owned.AccountSid != sender.AccountSid))
            {
                return;
            }

            var number = (owned ?? new SimulatedNumber(sender.Address, sender.AccountSid)) with
            {
                SmsUrl = sender.InboundUrl ?? "",
                SmsFallbackUrl = sender.FallbackUrl ?? "",
            };
            _ = owned is null ? AddOwned(number) : ownedNumbers[number.PhoneNumber] = number with { UpdatedAt = simulation.Clock.Now };
        }
    }

    /// <summary>Saves the changed number.</summary>
    /// <returns>the saved number, or null when the account has released it meanwhile</returns>
    public SimulatedNumber? Change(SimulatedNumber changed)
    {
        lock (gate)
        {
            if (ownedNumbers.GetValueOrDefault(changed.PhoneNumber)?.Sid != changed.Sid)
            {
                return null;
            }

            ownedNumbers[changed.PhoneNumber] = changed with { UpdatedAt = simulation.Clock.Now };
            UpdateSender(changed);
            return ownedNumbers[changed.PhoneNumber];
        }
    }

    /// <returns>false when the account has released the number already</returns>
    public bool Release(SimulatedNumber number, bool inConsole)
    {
        lock (gate)
        {
            if (ownedNumbers.GetValueOrDefault(number.PhoneNumber)?.Sid != number.Sid)
            {
                return false;
            }

            var history = FindHistory(number.PhoneNumber);
            histories[number.PhoneNumber] = inConsole
                ? history with { ReleasedInConsole = history.ReleasedInConsole + 1 }
                : history with { Released = history.Released + 1 };
            ownedNumbers.Remove(number.PhoneNumber);
            simulation.Accounts.Remove(number.AccountSid, number.PhoneNumber);
            return true;
        }
    }

    /// <summary>Deletes the counts of purchases and releases. Owned numbers stay.</summary>
    public void ForgetHistories()
    {
        lock (gate)
        {
            histories.Clear();
        }
    }

    private NumberHistory FindHistory(string number) =>
        histories.GetValueOrDefault(number) ?? new NumberHistory(number);

    private SimulatedNumber AddOwned(SimulatedNumber number)
    {
        var now = simulation.Clock.Now;
        var name = number.FriendlyName.Length > 0
            ? number.FriendlyName
            : number.Block?.FriendlyName(number.PhoneNumber) ?? number.PhoneNumber;
        var owned = number with
        {
            Sid = $"PN{now.ToUnixTimeSeconds():x8}{++lastSerial:x24}",
            FriendlyName = name,
            CreatedAt = now,
            UpdatedAt = now,
        };
        ownedNumbers[owned.PhoneNumber] = owned;
        UpdateSender(owned);
        return owned;
    }

    private void UpdateSender(SimulatedNumber number)
    {
        var present = simulation.Accounts.Find(number.AccountSid, number.PhoneNumber)?.Settings;
        var usesOwnUrls = number.SmsApplicationSid.Length == 0;
        var sender = present ?? new SimulatedSender(number.PhoneNumber, number.AccountSid) { RatePerSecond = LongCodeRate };
        simulation.Accounts.Add(sender with
        {
            InboundUrl = usesOwnUrls && number.SmsUrl.Length > 0 ? number.SmsUrl : null,
            FallbackUrl = usesOwnUrls && number.SmsFallbackUrl.Length > 0 ? number.SmsFallbackUrl : null,
        });
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}$")]
    private static partial Regex PhoneNumber();
}
