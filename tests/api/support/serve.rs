//! Local servers that stand in for real services. Each has its own thread and actix system.

use std::net::TcpListener;

use actix_web::{App, HttpServer, web::ServiceConfig};

/// Serves what `configure` sets up. Like a real server it outlives its clients, here until the end
/// of the test run.
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
