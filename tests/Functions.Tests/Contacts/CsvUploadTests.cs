using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Relais.Contacts.Import;

namespace Functions.Tests.Contacts;

public sealed class CsvUploadTests
{
    private const string File = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nphone\r\n--x--\r\n";

    [Theory]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Type: text/plain; charset=utf-7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n")]
    [InlineData("multipart/form-data; boundary=x", "")]
    [InlineData("multipart/form-data", File)]
    [InlineData("multipart/form-data; boundary=other", File)]
    public async Task A_form_that_cannot_be_read_is_the_caller_s_mistake(string type, string body)
    {
        var input = await CsvUpload.FromAsync(Request(type, new MemoryStream(Encoding.UTF8.GetBytes(body))), default);

        Assert.Equal("invalid_body", input.Failure?.Code);
    }

    [Fact]
    public async Task A_form_with_one_file_is_taken()
    {
        var input = await CsvUpload.FromAsync(Request("multipart/form-data; boundary=x", new MemoryStream(Encoding.UTF8.GetBytes(File))), default);

        Assert.Equal("a.csv", input.Value.FileName);
    }

    [Fact]
    public async Task A_form_that_breaks_off_is_no_form_to_find_fault_with() =>
        await Assert.ThrowsAsync<ConnectionResetException>(() => CsvUpload.FromAsync(Request("multipart/form-data; boundary=x", new BrokenStream()), default));

    private static HttpRequest Request(string type, Stream body)
    {
        var request = new DefaultHttpContext().Request;
        (request.ContentType, request.Body) = (type, body);
        return request;
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new ConnectionResetException("gone");

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => throw new ConnectionResetException("gone");
    }
}
