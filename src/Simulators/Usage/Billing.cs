namespace Relais.Simulators;

/// <param name="Count">messages, or numbers</param>
/// <param name="Usage">what is billed: segments, messages, numbers</param>
internal readonly record struct UsageTotal(long Count, long Usage, decimal Price)
{
    public static UsageTotal operator +(UsageTotal a, UsageTotal b) => new(a.Count + b.Count, a.Usage + b.Usage, a.Price + b.Price);
}

/// <summary>What each account used and owes, by day; charged to its balance at once.</summary>
internal sealed class Billing(Simulation simulation)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Account, DateOnly Day, string Category), UsageTotal> _days = [];

    public void Record(Message message)
    {
        var inbound = message.Direction == Direction.Inbound;
        var prices = simulation.Prices;
        var way = inbound ? "inbound" : "outbound";
        if (message.Sender.IsWhatsApp)
        {
            Add(message.Sender.Settings.AccountSid, $"channels-whatsapp-{way}", new(1, 1, prices.WhatsApp));
            return;
        }

        var kind = NumbersForSale.BlockOf(message.Sender.Address)?.Type == NumberType.TollFree ? "tollfree" : "longcode";
        var price = message.Segments * (inbound ? prices.SmsInbound : prices.SmsOutbound);
        Add(message.Sender.Settings.AccountSid, $"sms-{way}-{kind}", new(1, message.Segments, price));
    }

    /// <summary>The first month of a number. Later months are not charged.</summary>
    public void RecordPurchase(SimulatedNumber number)
    {
        var kind = number.Type.ToString().ToLowerInvariant();
        Add(number.AccountSid, $"phonenumbers-{kind}", new(1, 1, simulation.Prices.Number(number.Type)));
    }

    public UsageTotal Sum(string accountSid, UsageCategory category, DateOnly from, DateOnly to)
    {
        lock (_gate)
        {
            return _days.Where(pair => pair.Key.Account == accountSid && pair.Key.Day >= from && pair.Key.Day <= to && category.Holds(pair.Key.Category))
                .Aggregate(default(UsageTotal), (sum, pair) => sum + pair.Value);
        }
    }

    /// <summary>The first day with usage.</summary>
    public DateOnly? FirstDay(string accountSid)
    {
        lock (_gate)
        {
            var days = _days.Keys.Where(key => key.Account == accountSid).Select(key => key.Day).ToList();
            return days.Count == 0 ? null : days.Min();
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _days.Clear();
        }
    }

    private void Add(string accountSid, string category, UsageTotal used)
    {
        lock (_gate)
        {
            var key = (accountSid, DateOnly.FromDateTime(simulation.Clock.Now.UtcDateTime), category);
            _days[key] = _days.GetValueOrDefault(key) + used;
        }

        simulation.Accounts.Charge(accountSid, used.Price);
    }
}
