namespace Relais.Simulators;

/// <summary>A sum of usage records.</summary>
/// <param name="Count">number of messages or phone numbers</param>
/// <param name="Usage">billed units: segments of SMS, WhatsApp messages or phone numbers</param>
/// <param name="Price">US dollars</param>
internal readonly record struct UsageTotal(long Count, long Usage, decimal Price)
{
    public static UsageTotal operator +(UsageTotal a, UsageTotal b) => new(a.Count + b.Count, a.Usage + b.Usage, a.Price + b.Price);
}

/// <summary>Records the usage of each account by day and category, and charges it to the balance of the account.</summary>
internal sealed class Billing(Simulation simulation)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Account, DateOnly Day, string Category), UsageTotal> totals = [];

    /// <summary>Charges a message that was accepted or received.</summary>
    public void Record(Message message)
    {
        var inbound = message.Direction == Direction.Inbound;
        var prices = simulation.Prices;
        var direction = inbound ? "inbound" : "outbound";
        if (message.Sender.IsWhatsApp)
        {
            Add(message.Sender.Settings.AccountSid, $"channels-whatsapp-{direction}", new(1, 1, prices.WhatsApp));
            return;
        }

        var kind = NumbersForSale.BlockOf(message.Sender.Address)?.Type == NumberType.TollFree ? "tollfree" : "longcode";
        var price = message.Segments * (inbound ? prices.SmsInbound : prices.SmsOutbound);
        Add(message.Sender.Settings.AccountSid, $"sms-{direction}-{kind}", new(1, message.Segments, price));
    }

    /// <summary>Charges the first month of a number. Later months are not charged.</summary>
    public void RecordPurchase(SimulatedNumber number)
    {
        var kind = number.Type.ToString().ToLowerInvariant();
        Add(number.AccountSid, $"phonenumbers-{kind}", new(1, 1, simulation.Prices.Number(number.Type)));
    }

    public UsageTotal Sum(string accountSid, UsageCategory category, DateOnly from, DateOnly to)
    {
        lock (gate)
        {
            return totals
                .Where(pair => pair.Key.Account == accountSid && pair.Key.Day >= from && pair.Key.Day <= to
                    && category.Holds(pair.Key.Category))
                .Aggregate(default(UsageTotal), (sum, pair) => sum + pair.Value);
        }
    }

    /// <summary>Finds the first day with usage; null when there is none.</summary>
    public DateOnly? FirstDay(string accountSid)
    {
        lock (gate)
        {
            var days = totals.Keys.Where(key => key.Account == accountSid).Select(key => key.Day).ToList();
            return days.Count == 0 ? null : days.Min();
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            totals.Clear();
        }
    }

    private void Add(string accountSid, string category, UsageTotal usage)
    {
        lock (gate)
        {
            var key = (accountSid, DateOnly.FromDateTime(simulation.Clock.Now.UtcDateTime), category);
            totals[key] = totals.GetValueOrDefault(key) + usage;
        }

        simulation.Accounts.Charge(accountSid, usage.Price);
    }
}
