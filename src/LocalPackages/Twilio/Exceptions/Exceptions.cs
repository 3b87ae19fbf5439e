namespace Twilio.Exceptions;

public class TwilioException : Exception
{
    public TwilioException() { }

    public TwilioException(string message) : base(message) { }

    public TwilioException(string message, Exception exception) : base(message, exception) { }
}

/// <summary>No answer: refused, cut or too slow. Whether the request arrived cannot be told from it.</summary>
public class ApiConnectionException : TwilioException
{
    public ApiConnectionException(string message) : base(message) { }

    public ApiConnectionException(string message, Exception exception) : base(message, exception) { }
}

public class AuthenticationException : TwilioException
{
    public AuthenticationException(string message) : base(message) { }
}

/// <summary>Twilio answered with an error.</summary>
public class ApiException : TwilioException
{
    public ApiException(string message) : base(message) { }

    public ApiException(string message, Exception exception) : base(message, exception) { }

    public ApiException(int code, int status, string message, string moreInfo, Dictionary<string, object> details = null, Exception exception = null)
        : base(message, exception)
    {
        Code = code;
        Status = status;
        MoreInfo = moreInfo;
        Details = details;
    }

    public int Code { get; }

    public int Status { get; }

    public string MoreInfo { get; }

    public Dictionary<string, object> Details { get; }
}
