namespace Twilio.Base;

public abstract class Resource
{
}

public interface IOptions<T> where T : Resource
{
}

public abstract class ReadOptions<T> : IOptions<T> where T : Resource
{
    private long? _pageSize;
    private long? _limit;

    public long? PageSize
    {
        get => _pageSize;
        set => _pageSize = value ?? _pageSize;
    }

    /// <summary>How many records in all. Set alone, it is the page size too.</summary>
    public long? Limit
    {
        get => _limit;
        set
        {
            _limit = value ?? _limit;
            _pageSize ??= value;
        }
    }
}
