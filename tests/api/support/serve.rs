//! Local servers in place of the world's: on a thread and a system of their own.

use std::net::TcpListener;

use actix_web::{App, HttpServer, web::ServiceConfig};

/// Serves what `configure` says. Like a real one the server outlives its clients, here by the test's end.
pub fn serve(
    listener: TcpListener,
    configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) {
    std::thread::spawn(move || {
        actix_rt::System::new().block_on(async move {
            let app = move || App::new().configure(configure.clone());
            let server = HttpServer::new(app).workers(1).disable_signals();
            server.listen(listener).unwrap().run().await.unwrap();
        });
    });
}
