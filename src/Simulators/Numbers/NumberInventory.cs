using System.Text.RegularExpressions;

namespace Relais.Simulators;

/// <summary>Who owns which number, and how often each was bought and released. An owned number is a sender of its account.</summary>
internal sealed partial class NumberInventory(Simulation simulation)
{
    private const double LongCodeRate = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedNumber> _owned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NumberHistory> _histories = new(StringComparer.Ordinal);
    private int _last;

    public IReadOnlyList<NumberHistory> Histories
    {
        get
        {
            lock (_gate)
            {
                var numbers = _histories.Keys.Union(_owned.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal);
                return [.. numbers.Select(number => History(number) with { Sid = _owned.GetValueOrDefault(number)?.Sid, OwnedBy = _owned.GetValueOrDefault(number)?.AccountSid })];
            }
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SimulatedNumber> Of(string? accountSid)
    {
        lock (_gate)
        {
            return [.. _owned.Values.Where(number => accountSid is null || number.AccountSid == accountSid).OrderByDescending(number => number.Sid, StringComparer.Ordinal)];
        }
    }

    public SimulatedNumber? Owned(string phoneNumber)
    {
        lock (_gate)
        {
            return _owned.GetValueOrDefault(phoneNumber);
        }
    }

    public SimulatedNumber? Find(string accountSid, string? sid) => Of(accountSid).FirstOrDefault(number => number.Sid == sid);

    /// <returns>the number with its sid, or null when somebody has it already</returns>
    public SimulatedNumber? Buy(SimulatedNumber wanted, bool inConsole)
    {
        lock (_gate)
        {
            if (_owned.ContainsKey(wanted.PhoneNumber))
            {
                return null;
            }

            var history = History(wanted.PhoneNumber);
            _histories[wanted.PhoneNumber] = inConsole ? history with { BoughtInConsole = history.BoughtInConsole + 1 } : history with { Bought = history.Bought + 1 };
            var bought = Keep(wanted);
            simulation.Ledger.RecordPurchase(bought);
            return bought;
        }
    }

    /// <summary>The sender was there from the start: its number is its account's, and nothing is charged or counted.</summary>
    public void AddExisting(SimulatedSender sender)
    {
        lock (_gate)
        {
            var owned = _owned.GetValueOrDefault(sender.Address);
            if (!PhoneNumber().IsMatch(sender.Address) || (owned is not null && owned.AccountSid != sender.AccountSid))
            {
                return;
            }

            var number = (owned ?? new SimulatedNumber(sender.Address, sender.AccountSid)) with { SmsUrl = sender.InboundUrl ?? "", SmsFallbackUrl = sender.FallbackUrl ?? "" };
            _ = owned is null ? Keep(number) : _owned[number.PhoneNumber] = number with { UpdatedAt = simulation.Clock.Now };
        }
    }

    /// <returns>the number as it is now, or null when it is no longer the account's</returns>
    public SimulatedNumber? Change(SimulatedNumber to)
    {
        lock (_gate)
        {
            if (_owned.GetValueOrDefault(to.PhoneNumber)?.Sid != to.Sid)
            {
                return null;
            }

            _owned[to.PhoneNumber] = to with { UpdatedAt = simulation.Clock.Now };
            Connect(to);
            return _owned[to.PhoneNumber];
        }
    }

    public bool Release(SimulatedNumber number, bool inConsole)
    {
        lock (_gate)
        {
            if (_owned.GetValueOrDefault(number.PhoneNumber)?.Sid != number.Sid)
            {
                return false;
            }

            var history = History(number.PhoneNumber);
            _histories[number.PhoneNumber] = inConsole ? history with { ReleasedInConsole = history.ReleasedInConsole + 1 } : history with { Released = history.Released + 1 };
            _owned.Remove(number.PhoneNumber);
            simulation.Accounts.Remove(number.AccountSid, number.PhoneNumber);
            return true;
        }
    }

    /// <summary>Forgets what was bought and released; what is owned stays.</summary>
    public void ForgetHistories()
    {
        lock (_gate)
        {
            _histories.Clear();
        }
    }

    private NumberHistory History(string number) => _histories.GetValueOrDefault(number) ?? new NumberHistory(number);

    private SimulatedNumber Keep(SimulatedNumber wanted)
    {
        var now = simulation.Clock.Now;
        var name = wanted.FriendlyName.Length > 0 ? wanted.FriendlyName : wanted.Block?.FriendlyName(wanted.PhoneNumber) ?? wanted.PhoneNumber;
        var kept = wanted with { Sid = $"PN{now.ToUnixTimeSeconds():x8}{++_last:x24}", FriendlyName = name, CreatedAt = now, UpdatedAt = now };
        _owned[kept.PhoneNumber] = kept;
        Connect(kept);
        return kept;
    }

    private void Connect(SimulatedNumber number)
    {
        var present = simulation.Accounts.Find(number.AccountSid, number.PhoneNumber)?.Settings;
        var takesOwnUrls = number.SmsApplicationSid.Length == 0;
        simulation.Accounts.Add((present ?? new SimulatedSender(number.PhoneNumber, number.AccountSid) { RatePerSecond = LongCodeRate }) with
        {
            InboundUrl = takesOwnUrls && number.SmsUrl.Length > 0 ? number.SmsUrl : null,
            FallbackUrl = takesOwnUrls && number.SmsFallbackUrl.Length > 0 ? number.SmsFallbackUrl : null,
        });
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}$")]
    private static partial Regex PhoneNumber();
}
